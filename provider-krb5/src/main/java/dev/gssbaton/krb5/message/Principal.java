package dev.gssbaton.krb5.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A name and its realm, and their text
 * (<a href="https://www.rfc-editor.org/rfc/rfc1964#section-2.1.1">RFC 1964 section 2.1.1</a>): {@code HTTP/www@REALM}.
 *
 * @param name the name
 * @param realm the realm
 */
public record Principal(PrincipalName name, String realm) {
    /**
     * Checks that nothing is missing.
     *
     * @param name the name
     * @param realm the realm
     */
    public Principal {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(realm, "realm");
    }

    /**
     * Reads a principal from its text, which must name the realm. Components are separated by {@code /}; a backslash
     * before a character takes its meaning away, but {@code \n}, {@code \t}, {@code \b} and {@code \0} are control
     * characters.
     *
     * @param text the text
     * @param nameType the name type to give it
     * @return the principal
     * @throws IllegalArgumentException if the text is malformed or names no realm, saying which
     */
    public static Principal parse(String text, int nameType) {
        List<String> components = new ArrayList<>(4);
        StringBuilder part = new StringBuilder();
        boolean inRealm = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                if (++i == text.length()) {
                    throw new IllegalArgumentException("the principal name ends with a backslash: " + text);
                }
                part.append(unquoted(text.charAt(i)));
            } else if (c == '@') {
                if (inRealm) {
                    throw new IllegalArgumentException("the principal name has two @: " + text);
                }
                components.add(part.toString());
                part.setLength(0);
                inRealm = true;
            } else if (c == '/' && !inRealm) {
                components.add(part.toString());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        if (!inRealm || part.isEmpty()) {
            throw new IllegalArgumentException("the principal name has no realm, as in name@REALM: " + text);
        }
        if (components.equals(List.of(""))) {
            throw new IllegalArgumentException("the principal name has a realm alone: " + text);
        }
        return new Principal(new PrincipalName(nameType, components), part.toString());
    }

    /**
     * Compares principals whatever their name types.
     *
     * @param other another principal
     * @return true if name and realm are the same
     */
    public boolean matches(Principal other) {
        return name.matches(other.name) && realm.equals(other.realm);
    }

    /**
     * Writes the text that {@link #parse} reads.
     *
     * @return name, {@code @} and realm, quoted
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name.toString()).append('@');
        quote(realm, text);
        return text.toString();
    }

    static void quote(String part, StringBuilder text) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            switch (c) {
                case '/', '@', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                case '\b' -> text.append("\\b");
                case '\0' -> text.append("\\0");
                default -> text.append(c);
            }
        }
    }

    private static char unquoted(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'b' -> '\b';
            case '0' -> '\0';
            default -> c;
        };
    }
}
