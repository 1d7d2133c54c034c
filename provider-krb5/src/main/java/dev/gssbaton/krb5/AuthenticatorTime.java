package dev.gssbaton.krb5;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A time that stands in one authenticator of this process alone, so that no replay cache takes one for another
 * (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-3.2.3">RFC 4120 section 3.2.3</a>, first implementation note).
 *
 * <p>While the clock stands still, or has been set back by less than acceptors bear, times go on from the last one. When it
 * has been set back further they follow it, with microseconds of another remainder than before.
 *
 * @param ctime the initiator's time, in whole seconds
 * @param cusec its microseconds
 */
record AuthenticatorTime(Instant ctime, int cusec) {
    private static final long SECOND = 1_000_000;
    /** Acceptors commonly bear five minutes. */
    private static final long BORNE = 4 * 60 * SECOND;
    /** As many remainders as there are: a clock that is set back more often than this may repeat a time. */
    private static final int STEP = 64;

    private static long last;
    private static int timesSetBack;

    /**
     * Gives a time that has not been given before.
     *
     * @param now the clock's time
     * @return a time not before it
     */
    static synchronized AuthenticatorTime next(Instant now) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, now);
        if (micros < last - BORNE) {
            timesSetBack++;
            last = micros - STEP;
        }
        long least = Math.max(micros, last + 1);
        last = least + Math.floorMod(timesSetBack - least, STEP);
        return new AuthenticatorTime(
                Instant.ofEpochSecond(Math.floorDiv(last, SECOND)), (int) Math.floorMod(last, SECOND));
    }
}
