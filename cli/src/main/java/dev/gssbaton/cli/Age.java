package dev.gssbaton.cli;

import java.time.Duration;

/** Durations, for people to read. */
public final class Age {
    private Age() {}

    /** Returns a duration's greatest unit and the one below it: {@code 3 d 4 h}. */
    public static String of(Duration duration) {
        Duration d = duration.isNegative() ? Duration.ZERO : duration;
        if (d.toDays() > 0) {
            return d.toDays() + " d " + d.toHoursPart() + " h";
        }
        if (d.toHours() > 0) {
            return d.toHours() + " h " + d.toMinutesPart() + " min";
        }
        if (d.toMinutes() > 0) {
            return d.toMinutes() + " min " + d.toSecondsPart() + " s";
        }
        return d.toSeconds() + " s";
    }
}
