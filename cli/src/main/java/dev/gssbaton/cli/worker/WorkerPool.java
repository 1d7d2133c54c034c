package dev.gssbaton.cli.worker;

import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.Problem;
import dev.gssbaton.cli.process.ChildJvm;
import dev.gssbaton.cli.process.Closing;
import dev.gssbaton.cli.process.Watchdog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The worker processes. One that dies is replaced. */
public final class WorkerPool implements AutoCloseable {
    /** Before a replacement: long enough to learn that everything is ending, as on Ctrl-C, and not a worker alone. */
    private static final Duration PAUSE = Duration.ofMillis(200);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONG_LIVED = Duration.ofSeconds(10);

    private final WorkerSettings settings;
    private final Path folder;
    private final Consumer<String> journal;
    private final Watchdog watchdog;
    private final List<Slot> slots = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicInteger sockets = new AtomicInteger();
    private final Set<ChildJvm> children = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    /** The place of one worker: who is there now, or null. */
    private static final class Slot {
        private final int number;
        private volatile WorkerProcess worker;

        Slot(int number) {
            this.number = number;
        }

        String speaker() {
            return "worker " + number;
        }
    }

    private WorkerPool(WorkerSettings settings, Path folder, Consumer<String> journal, Watchdog watchdog) {
        this.settings = settings;
        this.folder = folder;
        this.journal = journal;
        this.watchdog = watchdog;
        for (int number = 1; number <= settings.count(); number++) {
            slots.add(new Slot(number));
        }
    }

    /**
     * Starts all workers and waits until they are ready.
     *
     * @param folder where their sockets go, which nobody else can enter
     * @param journal told when a worker dies, is replaced, or has something to say
     * @param closing where the pool is added to before it starts anything
     */
    public static WorkerPool start(
            WorkerSettings settings, Path folder, Consumer<String> journal, Watchdog watchdog, Closing closing)
            throws IOException, Problem, InterruptedException {
        WorkerPool pool = closing.add(new WorkerPool(settings, folder, journal, watchdog));
        ExecutorService starters = Executors.newFixedThreadPool(settings.count());
        try {
            List<Future<WorkerProcess>> starting = new ArrayList<>();
            for (Slot slot : pool.slots) {
                starting.add(starters.submit(() -> pool.fill(slot)));
            }
            for (Future<WorkerProcess> each : starting) {
                each.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Problem problem) {
                throw problem;
            }
            throw new IOException("a worker does not start: " + Complaint.of(e.getCause()), e.getCause());
        } finally {
            starters.shutdown();
        }
        for (Slot slot : pool.slots) {
            Thread tender = new Thread(() -> pool.tend(slot), "baton-" + slot.speaker());
            tender.setDaemon(true);
            tender.start();
        }
        return pool;
    }

    /** Returns the workers and their process numbers, for people to read. */
    public String describe() {
        List<String> words = new ArrayList<>();
        for (Slot slot : slots) {
            WorkerProcess worker = slot.worker;
            words.add(slot.number + " (" + (worker == null ? "starting" : "pid " + worker.pid()) + ")");
        }
        return String.join(", ", words);
    }

    /** Returns the number of workers. */
    public int size() {
        return slots.size();
    }

    /**
     * Offers a token to the worker whose turn it is. If that one is gone, or does not reply, the next is asked: the claim
     * sees to it that one of them at most has the context.
     *
     * @throws IOException if no worker replied
     */
    public Outcome offer(byte[] token) throws IOException, InterruptedException {
        long start = System.nanoTime();
        IOException last = null;
        do {
            for (int i = 0; i < slots.size(); i++) {
                try {
                    return offerTo(1 + Math.floorMod(turn.getAndIncrement(), slots.size()), token);
                } catch (IOException e) {
                    last = e;
                }
            }
            Thread.sleep(PAUSE.toMillis());
        } while (System.nanoTime() - start < WorkerProcess.PATIENCE.toNanos());
        throw new IOException("no worker replies: " + Complaint.of(last), last);
    }

    /**
     * Offers a token to one worker.
     *
     * @param number its number, from 1
     * @throws IOException if it is gone or does not reply, so that it is not known whether it has the context
     */
    public Outcome offerTo(int number, byte[] token) throws IOException {
        WorkerProcess worker = slots.get(number - 1).worker;
        if (worker == null) {
            throw new IOException("worker " + number + " is gone");
        }
        return worker.offer(number, token, watchdog);
    }

    private WorkerProcess fill(Slot slot) throws IOException, Problem {
        Path socket = folder.resolve("worker-" + sockets.incrementAndGet() + ".sock");
        WorkerProcess worker = WorkerProcess.start(
                WorkerMain.class,
                settings.jvmOptions(),
                settings.arguments(socket, slot.speaker()),
                socket,
                slot.speaker(),
                this::keep);
        slot.worker = worker;
        return worker;
    }

    private void keep(ChildJvm child) {
        children.add(child);
        if (closing) {
            children.forEach(ChildJvm::close);
        }
    }

    /** Listens to a worker until it is gone, and replaces it, until everything ends. */
    private void tend(Slot slot) {
        WorkerProcess worker = slot.worker;
        Duration pause = PAUSE;
        try {
            while (true) {
                if (worker != null) {
                    listen(slot, worker);
                    slot.worker = null;
                    worker.close();
                    children.remove(worker.child());
                    int code = worker.awaitExit();
                    pause = worker.age().compareTo(LONG_LIVED) > 0 ? PAUSE : longer(pause);
                    Thread.sleep(PAUSE.toMillis());
                    if (closing) {
                        return;
                    }
                    journal.accept(slot.speaker() + " (pid " + worker.pid() + ") died with exit code " + code
                            + "; its connections are closed");
                }
                Thread.sleep(pause.toMillis());
                if (closing) {
                    return;
                }
                worker = refill(slot);
                pause = worker == null ? longer(pause) : pause;
            }
        } catch (InterruptedException e) {
            // Nobody interrupts: the JVM is ending.
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            journal.accept(slot.speaker() + " cannot be replaced: " + Complaint.of(e));
        }
    }

    private void listen(Slot slot, WorkerProcess worker) {
        try {
            for (String line = worker.readLine(); line != null; line = worker.readLine()) {
                journal.accept(slot.speaker() + ": " + Complaint.line(line));
            }
        } catch (IOException e) {
            // As good as its end.
        }
    }

    private WorkerProcess refill(Slot slot) {
        try {
            WorkerProcess worker = fill(slot);
            journal.accept(slot.speaker() + " is pid " + worker.pid() + " now");
            return worker;
        } catch (IOException | Problem e) {
            journal.accept(slot.speaker() + " cannot be replaced yet: " + Complaint.of(e));
            return null;
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    /** Ends the workers. */
    @Override
    public void close() {
        closing = true;
        children.forEach(ChildJvm::close);
    }
}
