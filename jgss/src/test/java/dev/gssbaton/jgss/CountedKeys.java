package dev.gssbaton.jgss;

import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.KeySourceFactory;
import dev.gssbaton.spi.TransferFault;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.ietf.jgss.GSSException;

/** Settings whose keys can be opened once: counts who tries, waits for another for a moment, and gives nothing. */
public final class CountedKeys implements KeySourceFactory {
    static final AtomicInteger OPENED = new AtomicInteger();
    private static final CountDownLatch ANOTHER = new CountDownLatch(2);

    @Override
    public String kind() {
        return "counted";
    }

    @Override
    public KeySource open(String specification) throws GSSException {
        OPENED.incrementAndGet();
        ANOTHER.countDown();
        try {
            if (ANOTHER.await(300, TimeUnit.MILLISECONDS)) {
                throw TransferFault.refusal(GSSException.FAILURE, "another thread opens the same keys");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw TransferFault.refusal(GSSException.FAILURE, "these keys are for counting alone");
    }
}
