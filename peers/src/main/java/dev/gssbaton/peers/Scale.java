package dev.gssbaton.peers;

/** The factor on large numbers of tests, {@code -Dbaton.scale}: 1 while working, more under {@code -Pfull}. */
public final class Scale {
    private Scale() {}

    /** Returns the factor, 1 unless the system property says otherwise. */
    public static int factor() {
        int factor = Integer.getInteger("baton.scale", 1);
        if (factor < 1) {
            throw new IllegalArgumentException("-Dbaton.scale=" + factor + ": give 1 or more");
        }
        return factor;
    }

    /** Returns the number times the factor, but no more than the limit. */
    public static int times(int number, int limit) {
        return (int) Math.min((long) number * factor(), limit);
    }
}
