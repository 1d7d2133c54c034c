package dev.gssbaton.krb5.token;

import java.lang.ref.WeakReference;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Erases derived keys that no message has needed for a while, since a server may hold many contexts that are idle, and what
 * is made of a key takes several times as much room as the context itself. They are made again when a message needs them.
 *
 * <p>There is no thread for it: the platform's own timer calls while there is anything to look at. If it does not, as where no
 * thread could be started, the next keys that are made begin anew. A context that was forgotten is not kept alive.
 */
final class IdleKeys {
    /** Keys that are not used go after one to two times as long. */
    static final long SECONDS = 15;

    /** A timer that is so late does not come any more. */
    static final long OVERDUE = TimeUnit.SECONDS.toNanos(4 * SECONDS);

    static final IdleKeys SHARED =
            new IdleKeys(CompletableFuture.delayedExecutor(SECONDS, TimeUnit.SECONDS), System::nanoTime);

    private final Queue<WeakReference<Direction>> watched = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean awaited = new AtomicBoolean();
    private final Executor later;
    private final LongSupplier nanoTime;
    private volatile long awaitedSince;

    /** Takes what runs a task after a while, and a clock. */
    IdleKeys(Executor later, LongSupplier nanoTime) {
        this.later = later;
        this.nanoTime = nanoTime;
    }

    /** Begins to look after a direction that is about to make keys. */
    void watch(Direction direction) {
        watched.add(new WeakReference<>(direction));
        await();
    }

    private void await() {
        long now = nanoTime.getAsLong();
        if (awaited.compareAndSet(false, true) || now - awaitedSince > OVERDUE) {
            awaitedSince = now;
            later.execute(this::look);
        }
    }

    private void look() {
        awaited.set(false);
        watched.removeIf(reference -> {
            Direction direction = reference.get();
            return direction == null || !direction.keepsOnlyUsedKeys();
        });
        if (!watched.isEmpty()) {
            await();
        }
    }
}
