package dev.gssbaton.cli.worker;

import dev.gssbaton.BatonContext;
import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.sample.Answers;
import dev.gssbaton.cli.sample.Exchange;
import dev.gssbaton.handoff.Handoff;
import dev.gssbaton.handoff.HandoffOptions;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.ietf.jgss.GSSException;

/**
 * All conversations of a worker, in one thread: none waits for a client, and so each can be stopped at any time.
 *
 * <p>Safe for use by several threads. What becomes of a conversation is told to the worker's parent.
 */
public final class Conversations implements Worker.Taker {
    private static final Duration LONGEST_TICK = Duration.ofSeconds(1);
    private static final int TICKS = 10;
    private static final String GIVE = "give";

    private final Answers answers;
    private final String speaker;
    private final Duration idle;
    private final HandoffOptions options;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    /** Of the provider that the first client's socket has; null before it has come. */
    private Selector selector; // guarded by this

    /** The thread's alone, as all that follows. */
    private final Set<Conversation> all = new LinkedHashSet<>();

    private long looked = System.nanoTime();

    /**
     * Makes a place for conversations.
     *
     * @param answers what is answered
     * @param speaker who answers
     * @param idle how long a conversation may stand still
     * @param options how conversations are given to other processes
     */
    public Conversations(Answers answers, String speaker, Duration idle, HandoffOptions options) {
        this.answers = answers;
        this.speaker = speaker;
        this.idle = idle;
        this.options = options;
    }

    /**
     * Takes a conversation that was handed over, and tells the parent.
     *
     * @throws IOException if it came without its socket or its client's name; its context is erased
     * @throws GSSException if that cannot be erased
     */
    @Override
    public void take(Handoff taken) throws IOException, GSSException {
        SessionNote session;
        try {
            session = SessionNote.decode(taken.note());
            if (taken.socket() == null) {
                throw new IOException("a context came without its socket");
            }
        } catch (IOException e) {
            taken.context().dispose();
            if (taken.socket() != null) {
                taken.socket().close();
            }
            throw e;
        }
        take(session, taken.context(), taken.socket(), taken.unread(), taken.unwritten());
    }

    /**
     * Takes a conversation, and tells the parent.
     *
     * @param session whose it is
     * @param context the context, which is disposed of at the end
     * @param channel the client's socket, one of junixsocket's, which is closed at the end
     * @param unread what was read and not answered
     * @param unwritten what was to be written
     */
    public void take(
            SessionNote session, BatonContext context, SocketChannel channel, byte[] unread, byte[] unwritten) {
        WorkerReport.of(WorkerReport.Kind.TOOK, session).tell();
        Exchange exchange = new Exchange(context, answers, speaker);
        Conversation conversation = new Conversation(session, context, channel, unread, unwritten, exchange);
        try {
            selector(channel.provider());
            goOn(conversation);
        } catch (IOException e) {
            close(conversation, Complaint.of(e));
        }
    }

    private synchronized void selector(SelectorProvider provider) throws IOException {
        if (selector == null) {
            Selector first = provider.openSelector();
            new Thread(() -> run(first), "baton-conversations").start();
            selector = first;
        }
    }

    private synchronized Selector selector() {
        return selector;
    }

    /** Goes on with a conversation that was not there before, or was detached. */
    void goOn(Conversation conversation) {
        Selector known = selector();
        tasks.add(() -> {
            all.add(conversation);
            step(conversation, () -> conversation.begin(known));
        });
        known.wakeup();
    }

    /** Tells how many there are beside some. */
    int sizeWithout(Set<Conversation> some) {
        return ask(
                () -> Math.toIntExact(
                        all.stream().filter(each -> !some.contains(each)).count()),
                0);
    }

    /**
     * Stops some conversations between two octets, and returns them.
     *
     * @param max how many at most
     * @param except which not, beside those that cannot be given now
     */
    List<Conversation> detach(int max, Set<Conversation> except) {
        return ask(
                () -> {
                    List<Conversation> some = all.stream()
                            .filter(each -> each.canBeGiven() && !except.contains(each))
                            .limit(max)
                            .toList();
                    some.forEach(Conversation::detach);
                    all.removeAll(some);
                    // It lets the sockets go when it selects.
                    selector().selectNow();
                    return some;
                },
                List.of());
    }

    private <T> T ask(Callable<T> question, T ifThereWasNone) {
        Selector known = selector();
        if (known == null) {
            return ifThereWasNone;
        }
        FutureTask<T> asked = new FutureTask<>(question);
        tasks.add(asked);
        known.wakeup();
        try {
            return asked.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Returns what the parent says to have all conversations given to other workers. */
    static String give(List<Path> workers) {
        return GIVE + workers.stream().map(worker -> "\t" + worker).collect(Collectors.joining());
    }

    @Override
    public void obey(String line) {
        List<String> words = List.of(line.split("\t", -1));
        if (words.get(0).equals(GIVE)) {
            List<Path> workers = words.stream().skip(1).map(Path::of).toList();
            new Thread(() -> new Giving(this, options).giveTo(workers), "baton-giving").start();
        }
    }

    private void run(Selector known) {
        long tick = Math.max(1, Math.min(LONGEST_TICK.toMillis(), idle.toMillis() / TICKS));
        try {
            while (true) {
                known.select(tick);
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                for (SelectionKey key : List.copyOf(known.selectedKeys())) {
                    Conversation conversation = (Conversation) key.attachment();
                    if (key.isValid()) {
                        step(conversation, conversation::ready);
                    }
                }
                known.selectedKeys().clear();
                if (System.nanoTime() - looked > Duration.ofMillis(tick).toNanos()) {
                    looked = System.nanoTime();
                    endIdle();
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            // Nobody else would answer the clients: better a worker that is replaced.
            System.err.println("baton, " + speaker + ": " + Complaint.of(e));
            Runtime.getRuntime().halt(1);
        }
    }

    private void endIdle() {
        for (Conversation conversation : List.copyOf(all)) {
            if (conversation.idle() > idle.toNanos()) {
                end(conversation, "closed, nothing moved for " + idle.toSeconds() + " s");
            }
        }
    }

    private interface Step {
        boolean goesOn() throws IOException, GSSException;
    }

    private void step(Conversation conversation, Step step) {
        try {
            if (!step.goesOn()) {
                end(conversation, "");
            }
        } catch (GSSException | IOException e) {
            end(conversation, "conversation ended: " + Complaint.of(e));
        } catch (RuntimeException e) {
            // One conversation must not take the others with it.
            end(conversation, "conversation ended: " + e.getClass().getName());
        }
    }

    private void end(Conversation conversation, String why) {
        if (all.remove(conversation)) {
            close(conversation, why);
        }
    }

    private static void close(Conversation conversation, String why) {
        try {
            conversation.close();
        } catch (IOException | GSSException e) {
            // It is as closed as it can be.
        }
        WorkerReport.of(WorkerReport.Kind.ENDED, conversation.session(), why).tell();
    }
}
