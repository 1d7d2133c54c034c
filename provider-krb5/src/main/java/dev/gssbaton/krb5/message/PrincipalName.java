package dev.gssbaton.krb5.message;

import java.util.ArrayList;
import java.util.List;

/**
 * A name within a realm (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.2.2">RFC 4120 section 5.2.2</a>).
 *
 * @param nameType the name type: a hint that does not tell two names apart
 * @param nameString the components
 */
public record PrincipalName(int nameType, List<String> nameString) {
    /** The type is not known. */
    public static final int NT_UNKNOWN = 0;
    /** A user, or a service without a host. */
    public static final int NT_PRINCIPAL = 1;
    /** A service and other unique instance: {@code krbtgt}. */
    public static final int NT_SRV_INST = 2;
    /** A service with a host name as its instance. */
    public static final int NT_SRV_HST = 3;

    /** More than any name has; each may cost more memory than its two octets. */
    public static final int MAX_COMPONENTS = 16;

    /**
     * Copies the components.
     *
     * @param nameType the name type
     * @param nameString the components
     */
    public PrincipalName {
        nameString = List.copyOf(nameString);
        if (nameString.size() > MAX_COMPONENTS) {
            throw new IllegalArgumentException("a name has at most " + MAX_COMPONENTS + " components");
        }
    }

    /**
     * Makes a name.
     *
     * @param nameType the name type
     * @param nameString the components
     * @return the name
     */
    public static PrincipalName of(int nameType, String... nameString) {
        return new PrincipalName(nameType, List.of(nameString));
    }

    /**
     * Compares names as RFC 4120 section 6.2 does, whatever their types.
     *
     * @param other another name
     * @return true if it has the same components
     */
    public boolean matches(PrincipalName other) {
        return nameString.equals(other.nameString);
    }

    /**
     * Writes the components with {@code /} between them, quoted as in RFC 1964 section 2.1.1.
     *
     * @return the text
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < nameString.size(); i++) {
            if (i > 0) {
                text.append('/');
            }
            Principal.quote(nameString.get(i), text);
        }
        return text.toString();
    }

    void encode(DerWriter out, int tagNumber) {
        int outer = out.begin(DerReader.CONTEXT | tagNumber);
        int sequence = out.begin(DerReader.SEQUENCE);
        out.integer(0, nameType);
        int field = out.begin(DerReader.CONTEXT | 1);
        int strings = out.begin(DerReader.SEQUENCE);
        nameString.forEach(out::string);
        out.end(strings);
        out.end(field);
        out.end(sequence);
        out.end(outer);
    }

    static PrincipalName decode(DerReader in, int tagNumber, String field) throws MalformedMessageException {
        int outer = in.open(DerReader.CONTEXT | tagNumber, field);
        int sequence = in.open(DerReader.SEQUENCE, field);
        int nameType = in.int32(0, "name-type");
        int strings = in.open(DerReader.CONTEXT | 1, field);
        int list = in.open(DerReader.SEQUENCE, field);
        List<String> nameString = new ArrayList<>(4);
        while (in.more()) {
            if (nameString.size() == MAX_COMPONENTS) {
                throw new MalformedMessageException(field, "has more than " + MAX_COMPONENTS + " components");
            }
            nameString.add(in.string(field));
        }
        in.close(list, field);
        in.close(strings, field);
        in.close(sequence, field);
        in.close(outer, field);
        return new PrincipalName(nameType, nameString);
    }
}
