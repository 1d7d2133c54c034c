package dev.gssbaton.cli.worker;

import dev.gssbaton.Offer;
import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.Problem;
import dev.gssbaton.cli.process.ChildJvm;
import dev.gssbaton.cli.process.Closing;
import dev.gssbaton.cli.process.Watchdog;
import dev.gssbaton.handoff.Gift;
import dev.gssbaton.handoff.Parcel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.ietf.jgss.GSSException;

/** The worker processes. One that dies is replaced. */
public final class WorkerPool implements AutoCloseable, Receivers {
    /** Before a replacement: long enough to learn that everything is ending, as on Ctrl-C, and not a worker alone. */
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** How long workers are asked in turn. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONG_LIVED = Duration.ofSeconds(10);

    private final WorkerSettings settings;
    private final Path folder;
    private final Consumer<String> journal;
    private final SessionListener sessions;
    private final Watchdog watchdog;
    private final List<Slot> slots = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicInteger sockets = new AtomicInteger();
    private final Set<ChildJvm> children = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    /** A worker, the sessions that it has, and why it has stopped giving them away. */
    private record Seated(WorkerProcess worker, Held held, BlockingQueue<String> stoppedGiving) {}

    /** The place of one worker: who is there now, or null. */
    private static final class Slot {
        private final int number;
        private volatile Seated seated;

        Slot(int number) {
            this.number = number;
        }

        String speaker() {
            return "worker " + number;
        }
    }

    private WorkerPool(
            WorkerSettings settings,
            Path folder,
            Consumer<String> journal,
            SessionListener sessions,
            Watchdog watchdog) {
        this.settings = settings;
        this.folder = folder;
        this.journal = journal;
        this.sessions = sessions;
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
     * @param sessions told of the sessions that workers have
     * @param watchdog sees to it that a worker that hangs is given up
     * @param closing where the pool is added to before it starts anything
     */
    public static WorkerPool start(
            WorkerSettings settings,
            Path folder,
            Consumer<String> journal,
            SessionListener sessions,
            Watchdog watchdog,
            Closing closing)
            throws IOException, Problem, InterruptedException {
        WorkerPool pool = closing.add(new WorkerPool(settings, folder, journal, sessions, watchdog));
        ExecutorService starters = Executors.newFixedThreadPool(settings.count());
        try {
            List<Future<Seated>> starting = new ArrayList<>();
            for (Slot slot : pool.slots) {
                starting.add(starters.submit(() -> pool.fill(slot)));
            }
            for (Future<Seated> each : starting) {
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
            Seated seated = slot.seated;
            words.add(slot.number + " ("
                    + (seated == null ? "starting" : "pid " + seated.worker().pid()) + ")");
        }
        return String.join(", ", words);
    }

    /** Returns the number of workers. */
    public int size() {
        return slots.size();
    }

    /**
     * Gives a context to the worker whose turn it is. If that one is gone, does not answer or refuses, the next is asked: the claim
     * sees to it that one of them at most has the context. For those that are gone, replacements are waited for.
     */
    @Override
    public String give(Parcel parcel, SessionNote session) throws GSSException, IOException, InterruptedException {
        long start = System.nanoTime();
        String last = "there is none";
        int first = turn.getAndIncrement();
        boolean allAsked = false;
        while (!allAsked && System.nanoTime() - start < PATIENCE.toNanos()) {
            allAsked = true;
            for (int i = 0; i < slots.size(); i++) {
                Slot slot = slots.get(Math.floorMod(first + i, slots.size()));
                Seated seated = slot.seated;
                if (seated == null) {
                    last = slot.speaker() + " is gone";
                    allAsked = false;
                    continue;
                }
                try {
                    Gift gift = give(seated, parcel, session);
                    if (gift.state() == Offer.State.GIVEN) {
                        return slot.speaker();
                    }
                    last = slot.speaker() + ": " + gift.reason().orElse("it has not taken it");
                } catch (IOException e) {
                    last = slot.speaker() + ": " + Complaint.of(e);
                    allAsked = false;
                }
            }
            if (!allAsked) {
                Thread.sleep(PAUSE.toMillis());
            }
        }
        throw new IOException("no worker takes it: " + last);
    }

    /** Returns where the workers that are there take hand-overs. */
    public List<Path> sockets() {
        List<Path> all = new ArrayList<>();
        for (Slot slot : slots) {
            Seated seated = slot.seated;
            if (seated != null) {
                all.add(seated.worker().socket());
            }
        }
        return all;
    }

    /**
     * Has all workers give their sessions to other workers, and waits until they have, or have stopped.
     *
     * @param others where the other workers take hand-overs
     * @param inVain tells whether the others are gone, so that a worker that hangs is not waited for
     * @return why some sessions have stayed; empty if none has
     */
    public String giveAll(List<Path> others, BooleanSupplier inVain) throws InterruptedException {
        List<Seated> giving = new ArrayList<>();
        String why = "";
        for (Slot slot : slots) {
            Seated seated = slot.seated;
            if (seated != null) {
                try {
                    seated.stoppedGiving().clear();
                    seated.worker().tell(Conversations.give(others));
                    giving.add(seated);
                } catch (IOException e) {
                    why = slot.speaker() + ": " + Complaint.of(e);
                }
            }
        }
        for (Seated seated : giving) {
            String stopped = awaitStopped(seated, inVain);
            why = stopped.isEmpty() ? why : stopped;
        }
        return why;
    }

    private static String awaitStopped(Seated seated, BooleanSupplier inVain) throws InterruptedException {
        String stopped = null;
        while (stopped == null && !inVain.getAsBoolean()) {
            stopped = seated.stoppedGiving().poll(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
        if (stopped == null) {
            // What it gives in vain it keeps, and says so soon.
            stopped = seated.stoppedGiving().poll(PATIENCE.toMillis() / 2, TimeUnit.MILLISECONDS);
        }
        return stopped == null ? "a worker does not answer" : stopped;
    }

    /**
     * Returns where a worker takes hand-overs.
     *
     * @param number its number, from 1
     * @throws IOException if it is gone
     */
    public Path socket(int number) throws IOException {
        Seated seated = slots.get(number - 1).seated;
        if (seated == null) {
            throw new IOException("worker " + number + " is gone");
        }
        return seated.worker().socket();
    }

    private Gift give(Seated seated, Parcel parcel, SessionNote session) throws GSSException, IOException {
        seated.held().offered(session);
        boolean given = false;
        try {
            Gift gift = give(seated.worker(), parcel.withNote(session.encode()));
            while (gift.state() == Offer.State.OPEN) {
                // Frozen until the claim store can be asked again.
                gift.settle(PATIENCE);
            }
            given = gift.state() == Offer.State.GIVEN;
            return gift;
        } finally {
            if (given) {
                seated.held().given(session);
            } else {
                seated.held().kept(session);
            }
        }
    }

    private Gift give(WorkerProcess worker, Parcel parcel) throws GSSException, IOException {
        // Who neither answers nor reads for so long keeps clients waiting: its end is the end of that.
        Watchdog.Guard guard = watchdog.guard(PATIENCE.multipliedBy(2), worker::kill);
        try {
            return worker.give(parcel);
        } finally {
            guard.close();
        }
    }

    private Seated fill(Slot slot) throws IOException, Problem {
        Path socket = folder.resolve("worker-" + sockets.incrementAndGet() + ".sock");
        WorkerProcess worker = WorkerProcess.start(
                settings.main(),
                settings.jvmOptions(),
                settings.arguments(socket, slot.speaker()),
                socket,
                settings.stores(),
                slot.speaker(),
                this::keep);
        Seated seated = new Seated(worker, new Held(sessions), new LinkedBlockingQueue<>());
        slot.seated = seated;
        return seated;
    }

    private void keep(ChildJvm child) {
        children.add(child);
        if (closing) {
            children.forEach(ChildJvm::close);
        }
    }

    /** Listens to a worker until it is gone, and replaces it, until everything ends. */
    private void tend(Slot slot) {
        Seated seated = slot.seated;
        Duration pause = PAUSE;
        try {
            while (true) {
                if (seated != null) {
                    WorkerProcess worker = seated.worker();
                    listen(slot, seated);
                    seated.stoppedGiving().add(slot.speaker() + " died");
                    slot.seated = null;
                    worker.close();
                    children.remove(worker.child());
                    int code = worker.awaitExit();
                    pause = worker.age().compareTo(LONG_LIVED) > 0 ? PAUSE : longer(pause);
                    Thread.sleep(PAUSE.toMillis());
                    if (closing) {
                        return;
                    }
                    seated.held().died();
                    journal.accept(slot.speaker() + " (pid " + worker.pid() + ") died with exit code " + code
                            + "; its connections are closed");
                }
                Thread.sleep(pause.toMillis());
                if (closing) {
                    return;
                }
                seated = refill(slot);
                pause = seated == null ? longer(pause) : pause;
            }
        } catch (InterruptedException e) {
            // Nobody interrupts: the JVM is ending.
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            journal.accept(slot.speaker() + " cannot be replaced: " + Complaint.of(e));
        }
    }

    private void listen(Slot slot, Seated seated) {
        try {
            for (String line = seated.worker().readLine();
                    line != null;
                    line = seated.worker().readLine()) {
                WorkerReport report = WorkerReport.parse(line);
                switch (report.kind()) {
                    case TOOK -> seated.held().took(report.session());
                    case ENDED -> seated.held().ended(report.session(), report.word(2));
                    case GAVE -> seated.held().gave(report.session());
                    case STOPPED_GIVING -> seated.stoppedGiving().add(report.word(1));
                    case SAYS -> journal.accept(slot.speaker() + ": " + report.word(0));
                }
            }
        } catch (IOException e) {
            // As good as its end.
        }
    }

    private Seated refill(Slot slot) {
        try {
            Seated seated = fill(slot);
            journal.accept(slot.speaker() + " is pid " + seated.worker().pid() + " now");
            return seated;
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
