package dev.gssbaton;

import dev.gssbaton.spi.TransferFault;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.ietf.jgss.GSSException;

/** Where messages wait while their context is frozen. Guarded by the context's two locks. */
final class Freeze {
    private final ReentrantLock sendLock;
    private final Condition mayTrySending;
    private final Condition mayTryReceiving;
    private final Duration patience;
    private boolean over;

    Freeze(ReentrantLock sendLock, ReentrantLock receiveLock, Duration patience) {
        this.sendLock = sendLock;
        this.mayTrySending = sendLock.newCondition();
        this.mayTryReceiving = receiveLock.newCondition();
        this.patience = patience;
    }

    /** Waits for the end, holding one of the locks, which is given up meanwhile. Times are the monotonic clock's. */
    void await(ReentrantLock held) throws GSSException {
        Condition end = held == sendLock ? mayTrySending : mayTryReceiving;
        long left = patience.toNanos();
        while (!over) {
            if (left <= 0) {
                throw TransferFault.FROZEN.exception("it was not settled within " + patience + " who has it");
            }
            try {
                left = end.awaitNanos(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw TransferFault.FROZEN.exception("the thread that waited was interrupted");
            }
        }
    }

    /** Lets all go on. Both locks are held. */
    void end() {
        over = true;
        mayTrySending.signalAll();
        mayTryReceiving.signalAll();
    }
}
