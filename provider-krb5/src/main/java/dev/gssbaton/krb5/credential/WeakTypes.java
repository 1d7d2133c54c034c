package dev.gssbaton.krb5.credential;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The switch for weak encryption types, which is off. */
final class WeakTypes {
    static final String PROPERTY = "baton.krb5.allow_weak_crypto";

    private static final String SETTING = "allow_weak_crypto";
    private static final String SECTION = "[libdefaults]";

    /** What the JDK and MIT krb5 take for true, in lower case. */
    private static final Set<String> TRUE = Set.of("true", "yes", "y", "t", "1", "on");

    private WeakTypes() {}

    /** Asks the property and, where it is not set, krb5.conf. What cannot be read allows nothing. */
    static boolean areAllowed() {
        String property = System.getProperty(PROPERTY);
        return property == null ? isAllowedBy(configuration()) : "true".equalsIgnoreCase(property);
    }

    /** Reads the file that the JDK reads. */
    private static List<String> configuration() {
        String named = System.getProperty("java.security.krb5.conf");
        List<String> places = named != null && !named.isEmpty()
                ? List.of(named)
                : List.of(System.getProperty("java.home") + "/conf/security/krb5.conf", "/etc/krb5.conf");
        for (String place : places) {
            File file = new File(place);
            if (file.isFile()) {
                try {
                    // Every octet is a character, so that none can make the file unreadable.
                    return Files.readAllLines(file.toPath(), StandardCharsets.ISO_8859_1);
                } catch (IOException e) {
                    return List.of();
                }
            }
        }
        return List.of();
    }

    /** Finds the setting in the lines of a krb5.conf. The first one counts, as it does for MIT krb5. */
    static boolean isAllowedBy(List<String> lines) {
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
                    && text.substring(0, equals).strip().equals(SETTING)) {
                return TRUE.contains(text.substring(equals + 1).strip().toLowerCase(Locale.ROOT));
            }
        }
        return false;
    }
}
