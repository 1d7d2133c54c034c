package dev.gssbaton;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.TransferFault;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import jdk.jfr.FlightRecorder;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/**
 * The log {@code dev.gssbaton} and the Flight Recorder events. They name a token by the first digits of its identity, and
 * never say anything secret. An event is made only where the recorder is in use,
 * since the first one of a process takes a tenth of a second.
 */
final class TransferLog {
    private static final Logger LOG = System.getLogger("dev.gssbaton");

    private TransferLog() {}

    static void exported(ClaimId id, Oid mechanism, String format, int size) {
        if (FlightRecorder.isInitialized()) {
            ExportEvent event = new ExportEvent();
            if (event.shouldCommit()) {
                event.token = id.toString();
                event.mechanism = mechanism.toString();
                event.format = format;
                event.size = size;
                event.commit();
            }
        }
        if (isLoggable(Level.DEBUG)) {
            log(Level.DEBUG, "token {0}: exported a context of {1} as {2}, {3} octets", id, mechanism, format, size);
        }
    }

    static void imported(ClaimId id, Oid mechanism, String scope) {
        if (FlightRecorder.isInitialized()) {
            ImportEvent event = new ImportEvent();
            if (event.shouldCommit()) {
                event.token = id.toString();
                event.mechanism = mechanism.toString();
                event.scope = scope;
                event.commit();
            }
        }
        if (isLoggable(Level.DEBUG)) {
            log(Level.DEBUG, "token {0}: imported a context of {1}, single use in {2}", id, mechanism, scope);
        }
    }

    static void claimed(ClaimId id, String scope, String outcome) {
        if (FlightRecorder.isInitialized()) {
            ClaimEvent event = new ClaimEvent();
            if (event.shouldCommit()) {
                event.token = id.toString();
                event.scope = scope;
                event.outcome = outcome;
                event.commit();
            }
        }
    }

    /** A step of a hand-over in two phases. */
    static void handover(ClaimId id, String step) {
        if (FlightRecorder.isInitialized()) {
            OfferEvent event = new OfferEvent();
            if (event.shouldCommit()) {
                event.token = id.toString();
                event.step = step;
                event.commit();
            }
        }
        if (isLoggable(Level.DEBUG)) {
            log(Level.DEBUG, "token {0}: {1}", id, step);
        }
    }

    /** A refusal of an export or an import; the id is null where the token did not open. */
    static void refused(String what, ClaimId id, GSSException reason) {
        String fault = TransferFault.of(reason).map(TransferFault::name).orElse(null);
        if (FlightRecorder.isInitialized()) {
            RefusalEvent event = new RefusalEvent();
            if (event.shouldCommit()) {
                event.operation = what;
                event.token = id == null ? null : id.toString();
                event.fault = fault;
                event.reason = reason.getMinorString();
                event.commit();
            }
        }
        log(
                Level.WARNING,
                "{0} refused{1}: {2}{3}",
                what,
                id == null ? "" : " for token " + id,
                fault == null ? "" : fault + ": ",
                reason.getMinorString());
    }

    static void eraseFailed(ClaimId id, RuntimeException e) {
        log(
                Level.ERROR,
                "token {0}: the exported context is dead here, but its mechanism failed to erase it: {1}",
                id,
                e.getClass().getName());
    }

    private static boolean isLoggable(Level level) {
        try {
            return LOG.isLoggable(level);
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static void log(Level level, String format, Object... values) {
        try {
            LOG.log(level, format, values);
        } catch (RuntimeException e) {
            // A log that fails is no reason to lose a context whose token is spent.
        }
    }
}
