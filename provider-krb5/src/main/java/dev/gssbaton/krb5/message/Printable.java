package dev.gssbaton.krb5.message;

/** Text that comes from a peer, for messages and logs: cut short, and what is not printable ASCII becomes {@code ?}. */
public final class Printable {
    private static final int MAX_SHOWN = 200;

    private Printable() {}

    /**
     * Makes a text harmless.
     *
     * @param text what a peer sent
     * @return at most 200 printable characters and, if it was longer, {@code …}
     */
    public static String of(String text) {
        StringBuilder shown = new StringBuilder(Math.min(text.length(), MAX_SHOWN + 1));
        for (int i = 0; i < Math.min(text.length(), MAX_SHOWN); i++) {
            char c = text.charAt(i);
            shown.append(c < ' ' || c > '~' ? '?' : c);
        }
        return text.length() > MAX_SHOWN ? shown.append('…').toString() : shown.toString();
    }
}
