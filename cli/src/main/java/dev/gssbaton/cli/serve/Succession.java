package dev.gssbaton.cli.serve;

import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.Problem;
import dev.gssbaton.cli.dispatch.Dispatcher;
import dev.gssbaton.cli.dispatch.Listening;
import dev.gssbaton.cli.process.Watchdog;
import dev.gssbaton.cli.worker.Stores;
import dev.gssbaton.cli.worker.WorkerPool;
import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.newsclub.net.unix.AFUNIXSocketChannel;

/**
 * How one generation of {@code baton serve} follows another, seen from both.
 *
 * <pre>
 * new  takeover 1
 * old  listener, and with it the descriptor of the listening socket
 * new  worker PATH for each of its workers, ready
 * old  released: it lets nobody in any more, and its place is free. Or refused WHY
 *      clients that are being let in go to the new workers once they are; the old workers give theirs to them
 * old  done N M: it has given N sessions, and M go on in it until they end
 * </pre>
 *
 * <p>Until {@code released} nothing has changed. From then on each session is handed over by itself, in two phases, so that one
 * process has it at any time; and who connects waits in the listening socket, which both have. If the new one ends before
 * {@code done}, the old one lets clients in again and goes on with all it has not given. If the old one ends, the new one has the
 * listening socket and what it was given.
 */
final class Succession implements Closeable {
    private static final String TAKEOVER = "takeover 1";
    private static final String WORKER = "worker ";
    private static final String LISTENER = "listener";
    private static final String READY = "ready";
    private static final String RELEASED = "released";
    private static final String REFUSED = "refused ";
    private static final String DONE = "done";

    private static final int MAX_WORKERS = 64;
    private static final int MAX_FAILURES = 3;
    /** The new one starts its workers meanwhile, and a machine may be busy. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final long PAUSE_MILLIS = 20;
    private static final long LONG_PAUSE_MILLIS = 500;

    private final TakeoverPlace place;
    private final Stores stores;
    private final Listening listening;
    private final Dispatcher dispatcher;
    private final ServeHandOver handOver;
    private final WorkerPool pool;
    private final Watchdog watchdog;
    private final Consumer<String> journal;
    private TakeoverPlace.Waiting waiting; // guarded by this
    private boolean closed; // guarded by this

    Succession(
            TakeoverPlace place,
            Stores stores,
            Listening listening,
            Dispatcher dispatcher,
            ServeHandOver handOver,
            WorkerPool pool,
            Watchdog watchdog,
            Consumer<String> journal) {
        this.place = place;
        this.stores = stores;
        this.listening = listening;
        this.dispatcher = dispatcher;
        this.handOver = handOver;
        this.pool = pool;
        this.watchdog = watchdog;
        this.journal = journal;
    }

    // The new generation

    /** Asks the running one for its listening socket; nothing changes there. */
    static FileDescriptor ask(ControlConnection running, Watchdog watchdog) throws IOException {
        Watchdog.Guard guard = watchdog.guard(PATIENCE, running);
        try {
            running.send(TAKEOVER);
            running.expect(LISTENER);
            return running.takeDescriptor();
        } finally {
            guard.close();
        }
    }

    /**
     * Takes over. When this returns, clients are to be let in here; the sessions come meanwhile.
     *
     * @throws Problem if the running one goes on as before
     */
    void follow(ControlConnection running) throws Problem, IOException {
        try {
            Watchdog.Guard guard = watchdog.guard(PATIENCE, running);
            try {
                for (Path worker : pool.sockets()) {
                    running.send(WORKER + worker);
                }
                running.send(READY);
                running.expect(RELEASED);
            } finally {
                guard.close();
            }
        } catch (IOException e) {
            if (isSomebodyWaiting()) {
                throw new Problem(
                        "process " + running.pid() + " was not taken over, and goes on: " + Complaint.of(e), e);
            }
            ended(running, e);
            return;
        }
        begin();
        Thread thread = new Thread(() -> finish(running), "baton-takeover");
        thread.setDaemon(true);
        thread.start();
    }

    private boolean isSomebodyWaiting() throws IOException {
        Optional<ControlConnection> other = place.connect();
        if (other.isPresent()) {
            other.get().close();
        }
        return other.isPresent();
    }

    private void finish(ControlConnection running) {
        try (running) {
            String done = running.receive();
            String[] words = done.split(" ", -1);
            if (words.length != 3 || !words[0].equals(DONE)) {
                throw new ProtocolException("process " + running.pid() + " says '" + done + "'");
            }
            journal.accept("took over " + words[1] + " sessions from process " + running.pid()
                    + (words[2].equals("0") ? "" : "; " + words[2] + " go on there until they end"));
        } catch (IOException e) {
            ended(running, e);
        }
    }

    private void ended(ControlConnection running, IOException why) {
        journal.accept("process " + running.pid() + " ended in the middle of the takeover (" + Complaint.of(why)
                + "): what it had not given has ended with it");
        begin();
    }

    // The old generation

    /** Begins to wait for the next generation, if nobody waits yet. */
    synchronized void begin() {
        if (closed || waiting != null) {
            return;
        }
        try {
            waiting = place.await();
            TakeoverPlace.Waiting mine = waiting;
            Thread thread = new Thread(() -> await(mine), "baton-succession");
            thread.setDaemon(true);
            thread.start();
        } catch (IOException e) {
            journal.accept("cannot be taken over: " + Complaint.of(e));
        }
    }

    private void await(TakeoverPlace.Waiting mine) {
        try {
            while (mine.isOpen()) {
                try {
                    AFUNIXSocketChannel channel = mine.accept();
                    if (channel != null) {
                        serve(channel);
                    }
                } catch (IOException e) {
                    // Out of file descriptors, perhaps: clients that end give some back.
                    journal.accept("cannot be taken over at the moment: " + Complaint.of(e));
                    Thread.sleep(LONG_PAUSE_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(AFUNIXSocketChannel channel) throws InterruptedException {
        try (ControlConnection next = new ControlConnection(channel)) {
            List<Path> workers = agree(next);
            if (!workers.isEmpty()) {
                try (NextGeneration generation = connect(next, workers)) {
                    handOverTo(next, generation, workers);
                }
            }
        } catch (IOException | RuntimeException e) {
            // Whatever one says, the next may take over.
            journal.accept("not taken over: " + Complaint.of(e));
        }
    }

    /** Gives the listening socket, and returns where the other one's workers are; empty if it only looked who is here. */
    private List<Path> agree(ControlConnection next) throws IOException {
        Watchdog.Guard guard = watchdog.guard(PATIENCE, next);
        try {
            Optional<String> first = next.receiveIfAny();
            if (first.isEmpty()) {
                return List.of();
            }
            if (!first.get().equals(TAKEOVER)) {
                throw new ProtocolException("process " + next.pid() + " says '" + first.get() + "'");
            }
            next.send(LISTENER, listening.descriptor());
            List<Path> workers = new ArrayList<>();
            for (String line = next.receive(); !line.equals(READY); line = next.receive()) {
                if (!line.startsWith(WORKER) || workers.size() == MAX_WORKERS) {
                    throw new ProtocolException("process " + next.pid() + " says '" + line + "'");
                }
                workers.add(Path.of(line.substring(WORKER.length())));
            }
            if (workers.isEmpty()) {
                throw new ProtocolException("process " + next.pid() + " has no workers");
            }
            return workers;
        } finally {
            guard.close();
        }
    }

    private NextGeneration connect(ControlConnection next, List<Path> workers) throws IOException {
        try {
            return new NextGeneration(next.pid(), workers, stores.handoff(), dispatcher, pool);
        } catch (IOException e) {
            next.send(REFUSED + Complaint.of(e));
            throw e;
        }
    }

    /** Whether the other one has ended: it says nothing more, so that all that can be heard of it is its end. */
    private static AtomicBoolean watch(ControlConnection next) {
        AtomicBoolean gone = new AtomicBoolean();
        Thread thread = new Thread(
                () -> {
                    try {
                        next.receive();
                    } catch (IOException e) {
                        // That is what is waited for.
                    }
                    gone.set(true);
                },
                "baton-next-generation");
        thread.setDaemon(true);
        thread.start();
        return gone;
    }

    /** From here on the other one lets clients in. */
    private void handOverTo(ControlConnection next, NextGeneration generation, List<Path> workers)
            throws IOException, InterruptedException {
        int before = dispatcher.moved();
        stopWaiting(); // can fail, and then nothing has changed
        dispatcher.pause();
        handOver.giveTo(generation);
        AtomicBoolean gone = new AtomicBoolean();
        String why = "";
        boolean known = false;
        try {
            gone = watch(next);
            why = giveAll(next, workers, gone);
            known = true;
        } finally {
            if (!known) {
                goOn("the takeover by process " + next.pid() + " failed, with " + (dispatcher.moved() - before)
                        + " sessions given; all others go on here");
            }
        }
        int moved = dispatcher.moved() - before;
        if (gone.get()) {
            goOn("process " + next.pid() + " ended in the middle of its takeover, and " + moved
                    + " sessions with it; all others go on here");
        } else {
            end(next, moved, why);
        }
    }

    /** Gives all sessions, and returns why some stay; empty if none does. */
    private String giveAll(ControlConnection next, List<Path> workers, AtomicBoolean gone) throws InterruptedException {
        try {
            next.send(RELEASED);
        } catch (IOException e) {
            gone.set(true);
        }
        String why = "";
        int failures = 0;
        while (dispatcher.clients() > 0 && failures < MAX_FAILURES && !gone.get()) {
            if (dispatcher.sessions() > 0) {
                why = pool.giveAll(workers, gone::get);
                failures += why.isEmpty() ? 0 : 1;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        return why;
    }

    private void goOn(String journalled) {
        handOver.giveTo(pool);
        dispatcher.resume();
        begin();
        journal.accept(journalled);
    }

    private void end(ControlConnection next, int moved, String why) throws IOException, InterruptedException {
        int left = dispatcher.clients();
        journal.accept("process " + next.pid() + " took over, with " + moved + " sessions"
                + (left == 0 ? "" : "; " + left + " go on here until they end: " + why));
        try {
            next.send(DONE + " " + moved + " " + left);
        } catch (IOException e) {
            journal.accept("process " + next.pid() + " could not be told: " + Complaint.of(e));
        }
        while (dispatcher.clients() > 0) {
            Thread.sleep(PAUSE_MILLIS);
        }
        dispatcher.close();
    }

    private synchronized void stopWaiting() throws IOException {
        if (waiting != null) {
            waiting.close();
            waiting = null;
        }
    }

    /** Waits for nobody any more. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        stopWaiting();
    }
}
