package dev.gssbaton.handoff;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** The log {@code dev.gssbaton.handoff}. It names tokens by the first digits of their identities, and never says anything secret. */
final class HandoffLog {
    private static final Logger LOG = System.getLogger("dev.gssbaton.handoff");

    private HandoffLog() {}

    static void info(String format, Object... values) {
        log(Level.INFO, format, values);
    }

    static void debug(String format, Object... values) {
        log(Level.DEBUG, format, values);
    }

    static void warn(String format, Object... values) {
        log(Level.WARNING, format, values);
    }

    private static void log(Level level, String format, Object... values) {
        try {
            LOG.log(level, format, values);
        } catch (RuntimeException e) {
            // A log that fails is no reason to lose a context.
        }
    }
}
