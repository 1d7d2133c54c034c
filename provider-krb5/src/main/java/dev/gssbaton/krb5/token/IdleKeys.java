package dev.gssbaton.krb5.token;

import java.lang.ref.WeakReference;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Erases derived keys that no message has needed for a while, since a server may hold many contexts that are idle, and what
 * is made of a key takes several times as much room as the context itself. They are made again when a message needs them.
 *
 * <p>There is no thread for it: the platform's own timer calls while there is anything to look at. A context that was
 * forgotten is not kept alive.
 */
final class IdleKeys {
    /** Keys that are not used go after one to two times as long. */
    static final long SECONDS = 15;

    static final IdleKeys SHARED = new IdleKeys(CompletableFuture.delayedExecutor(SECONDS, TimeUnit.SECONDS));

    private final Queue<WeakReference<Direction>> watched = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean awaited = new AtomicBoolean();
    private final Executor later;

    /** Takes what runs a task after a while. */
    IdleKeys(Executor later) {
        this.later = later;
    }

    /** Begins to look after a direction that is about to make keys. */
    void watch(Direction direction) {
        watched.add(new WeakReference<>(direction));
        await();
    }

    private void await() {
        if (awaited.compareAndSet(false, true)) {
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
