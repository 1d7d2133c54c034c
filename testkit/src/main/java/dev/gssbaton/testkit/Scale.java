package dev.gssbaton.testkit;

/** The factor on the numbers of races: the system property {@code baton.scale}, 1 by default. */
final class Scale {
    private Scale() {}

    static int times(int number) {
        return number * Math.max(1, Integer.getInteger("baton.scale", 1));
    }
}
