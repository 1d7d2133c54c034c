package dev.gssbaton.krb5;

import dev.gssbaton.krb5.message.TransitedEncoding;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Checks the realms that a ticket passed through, as the encoding DOMAIN-X500-COMPRESS names them
 * (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-3.3.3.2">RFC 4120 section 3.3.3.2</a>).
 *
 * <p>Trusted are those between the client's and the acceptor's realm in the hierarchy of domain names, and those that the
 * acceptor names. What cannot be read is not trusted.
 */
final class TransitedRealms {
    /** More than any path has; the encoding can make long names of short ones. */
    private static final int MAX_REALMS = 64;

    private static final int MAX_LENGTH = 1024;

    private TransitedRealms() {}

    /**
     * Tells whether all realms between are trusted.
     *
     * @param transited the realms between; none if the client's realm and the acceptor's trust each other
     * @param client the client's realm
     * @param acceptor the acceptor's realm
     * @param named what the acceptor trusts beside the hierarchy
     * @return true if they are
     */
    static boolean areTrusted(TransitedEncoding transited, String client, String acceptor, Set<String> named) {
        if (transited.contents().length() == 0) {
            return true;
        }
        if (transited.type() != TransitedEncoding.DOMAIN_X500_COMPRESS) {
            return false;
        }
        Set<String> trusted = between(client, acceptor);
        trusted.addAll(named);
        return decode(transited.contents().toBytes(), client, acceptor)
                .filter(trusted::containsAll)
                .isPresent();
    }

    /** Lists two realms and those between: up to the nearest that is above both, and down. Without one, none is between. */
    private static Set<String> between(String from, String to) {
        Set<String> path = new LinkedHashSet<>(List.of(from, to));
        Optional<String> top =
                upwards(from).stream().filter(upwards(to)::contains).findFirst();
        if (top.isPresent()) {
            for (String end : List.of(from, to)) {
                for (String realm : upwards(end)) {
                    path.add(realm);
                    if (realm.equals(top.get())) {
                        break;
                    }
                }
            }
        }
        return path;
    }

    private static List<String> upwards(String realm) {
        List<String> realms = new ArrayList<>(List.of(realm));
        for (int dot = realm.indexOf('.'); dot >= 0 && realms.size() < MAX_REALMS; dot = realm.indexOf('.', dot + 1)) {
            realms.add(realm.substring(dot + 1));
        }
        return realms;
    }

    /** Lists the realms, with those that a null subfield stands for; empty if the encoding is malformed. */
    private static Optional<List<String>> decode(byte[] contents, String client, String acceptor) {
        List<String> realms = new ArrayList<>();
        String previous = "";
        boolean gap = false;
        try {
            for (Subfield subfield : Subfield.split(contents)) {
                if (subfield.isNull()) {
                    gap = true;
                    continue;
                }
                String realm = subfield.expand(previous);
                if (realm.length() > MAX_LENGTH || realms.size() > MAX_REALMS) {
                    return Optional.empty();
                }
                if (gap) {
                    realms.addAll(between(previous.isEmpty() ? client : previous, realm));
                    gap = false;
                }
                realms.add(realm);
                previous = realm;
            }
        } catch (CharacterCodingException | IllegalArgumentException e) {
            return Optional.empty();
        }
        if (gap) {
            realms.addAll(between(previous.isEmpty() ? client : previous, acceptor));
        }
        return Optional.of(realms);
    }

    /**
     * What stands between two commas.
     *
     * @param name the name without quotes and without the space before it
     * @param isPrefix whether it ends with a period that is not quoted: it goes before the previous realm
     * @param isSuffix whether it begins with a slash, neither quoted nor behind a space: it goes behind the previous realm
     */
    private record Subfield(String name, boolean isPrefix, boolean isSuffix) {
        boolean isNull() {
            return name.isEmpty();
        }

        String expand(String previous) {
            if (isPrefix && previous.isEmpty()) {
                throw new IllegalArgumentException("nothing to go before");
            }
            if (isPrefix) {
                return name + previous;
            }
            return isSuffix ? previous + name : name;
        }

        static List<Subfield> split(byte[] contents) throws CharacterCodingException {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(contents))
                    .toString();
            List<Subfield> subfields = new ArrayList<>();
            StringBuilder name = new StringBuilder();
            boolean isSuffix = false;
            boolean endsQuoted = false;
            boolean atStart = true;
            for (int i = 0; i <= text.length(); i++) {
                char c = i == text.length() ? ',' : text.charAt(i);
                if (c == ',') {
                    boolean isPrefix = !endsQuoted && !name.isEmpty() && name.charAt(name.length() - 1) == '.';
                    subfields.add(new Subfield(name.toString(), isPrefix, isSuffix));
                    name.setLength(0);
                    isSuffix = false;
                    endsQuoted = false;
                    atStart = true;
                    continue;
                }
                endsQuoted = c == '\\';
                if (endsQuoted && ++i == text.length()) {
                    throw new IllegalArgumentException("nothing is quoted");
                }
                isSuffix |= atStart && c == '/';
                if (!(atStart && c == ' ')) {
                    name.append(text.charAt(i));
                }
                atStart = false;
            }
            return subfields;
        }
    }
}
