package dev.gssbaton.krb5.credential;

import dev.gssbaton.krb5.crypto.EncryptionType;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the section {@code [libdefaults]} of krb5.conf says to those who are given no options: in the file that the JDK reads,
 * without the files that it includes. What cannot be read says nothing.
 */
final class Krb5Conf {
    private static final String SECTION = "[libdefaults]";

    /** What the JDK and MIT krb5 take for true, in lower case. */
    private static final Set<String> TRUE = Set.of("true", "yes", "y", "t", "1", "on");

    private final List<String> lines;

    private Krb5Conf(List<String> lines) {
        this.lines = lines;
    }

    static Krb5Conf read() {
        String named = System.getProperty("java.security.krb5.conf");
        List<String> places = named != null && !named.isEmpty()
                ? List.of(named)
                : List.of(System.getProperty("java.home") + "/conf/security/krb5.conf", "/etc/krb5.conf");
        for (String place : places) {
            File file = new File(place);
            if (file.isFile()) {
                try {
                    // Every octet is a character, so that none can make the file unreadable.
                    return new Krb5Conf(Files.readAllLines(file.toPath(), StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                    return new Krb5Conf(List.of());
                }
            }
        }
        return new Krb5Conf(List.of());
    }

    /** Tells whether weak encryption types are allowed. */
    boolean allowsWeakTypes() {
        return isTrue("allow_weak_crypto");
    }

    /** Tells whether initiators say that they know of channel bindings. */
    boolean knowsChannelBindings() {
        return isTrue("client_aware_channel_bindings");
    }

    private boolean isTrue(String name) {
        return setting(name)
                .filter(value -> TRUE.contains(value.toLowerCase(Locale.ROOT)))
                .isPresent();
    }

    /** Gives the clock skew, in whole seconds, where it is a number of at most a day. */
    Optional<Duration> clockSkew() {
        return setting("clockskew")
                .filter(value -> value.matches("\\d{1,5}"))
                .map(value -> Duration.ofSeconds(Long.parseLong(value)))
                .filter(skew -> skew.compareTo(Duration.ofDays(1)) <= 0);
    }

    /**
     * Gives the numbers of the encryption types that are permitted, of those that are spoken here.
     *
     * @return perhaps none of them; empty where krb5.conf does not limit them
     */
    Optional<Set<Integer>> permittedTypes() {
        return setting("permitted_enctypes").map(value -> {
            Set<Integer> numbers = new TreeSet<>();
            for (String name : value.split("[\\s,]+", -1)) {
                EncryptionType.named(name).ifPresent(type -> numbers.add(type.number()));
            }
            return numbers;
        });
    }

    /** Finds a setting. The first one counts, as it does for MIT krb5. */
    private Optional<String> setting(String name) {
        boolean inSection = false;
        int depth = 0;
        for (String line : lines) {
            String text = line.strip();
            int equals = text.indexOf('=');
            if (text.startsWith("[")) {
                inSection = text.startsWith(SECTION);
                depth = 0;
            } else if (text.endsWith("{")) {
                depth++;
            } else if (text.startsWith("}")) {
                depth--;
            } else if (inSection
                    && depth == 0
                    && equals > 0
                    && text.substring(0, equals).strip().equals(name)) {
                return Optional.of(text.substring(equals + 1).strip());
            }
        }
        return Optional.empty();
    }
}
