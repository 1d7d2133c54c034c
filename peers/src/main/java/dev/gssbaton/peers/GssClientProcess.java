package dev.gssbaton.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * MIT's {@code gss-client}, unmodified, while it runs: on one connection it sends the next message as soon as the answer to the
 * last has verified. That is some twenty a second, since it writes each message in two parts: TCP sends the second when the
 * first is acknowledged, and that takes 40 ms.
 *
 * <p>It can be kept from its end: when {@link #HELD_BACK} messages are left, it is stopped (SIGSTOP), its connection open, until
 * {@link #release}.
 */
public final class GssClientProcess implements AutoCloseable {
    /** So many that it cannot send them all before it is known that so many are left. */
    public static final int HELD_BACK = 100;

    private static final int MOST_IN_A_SECOND = 25;

    private static final String VERIFIED = "Signature verified.";

    private final NativeCredentials credentials;
    private final Process process;
    private final int messages;
    private final List<String> others = new ArrayList<>(); // guarded by this
    private int verified; // guarded by this
    private boolean held; // guarded by this
    private boolean finishing; // guarded by this
    private boolean ended; // guarded by this

    private GssClientProcess(NativeCredentials credentials, Process process, int messages) {
        this.credentials = credentials;
        this.process = process;
        this.messages = messages;
    }

    static GssClientProcess start(Account self, List<String> line, int messages) {
        NativeCredentials credentials = new NativeCredentials(self.kdc(), false);
        try {
            credentials.initiateAs(self);
            List<String> unbuffered = new ArrayList<>(List.of("stdbuf", "-oL"));
            unbuffered.addAll(line);
            Process process =
                    Command.builder(credentials.environment(), unbuffered).start();
            GssClientProcess client = new GssClientProcess(credentials, process, messages);
            AtExit.close(client);
            LoopbackListener.daemon("gss-client-output", client::read);
            return client;
        } catch (IOException e) {
            credentials.close();
            throw new UncheckedIOException("Cannot run " + line.get(0), e);
        } catch (RuntimeException e) {
            credentials.close();
            throw e;
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                note(line);
            }
        } catch (IOException e) {
            // Closed with the process.
        } finally {
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }
    }

    private synchronized void note(String line) throws IOException {
        if (line.equals(VERIFIED)) {
            verified++;
        } else {
            others.add(line);
        }
        if (!held && !finishing && verified >= messages - HELD_BACK) {
            held = true;
            signal("-STOP");
        }
    }

    private void signal(String signal) throws IOException {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
        try {
            if (kill.waitFor() != 0) {
                throw new IOException("gss-client cannot be sent " + signal);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while gss-client was sent " + signal, e);
        }
    }

    /** Returns how many messages it sends in that time at the most. */
    public static int most(Duration time) {
        return Math.toIntExact(time.toSeconds() * MOST_IN_A_SECOND);
    }

    /** Returns how many answers it has verified. */
    public synchronized int verified() {
        return verified;
    }

    /** Tells whether it is kept from its end. */
    public synchronized boolean isHeld() {
        return held;
    }

    /** Tells whether its connection is open still: it has neither come to its end nor met an error. */
    public synchronized boolean isTalking() {
        return !ended && process.isAlive();
    }

    /** Lets it go to its end, and does not wait for that. */
    public synchronized void release() throws IOException {
        if (held && !finishing) {
            signal("-CONT");
        }
        finishing = true;
    }

    /**
     * Lets it go to its end and waits for that.
     *
     * @return exit code 0 if all answers have verified; the output is without the lines that say so
     */
    public ProgramResult finish(Duration limit) throws IOException, InterruptedException {
        release();
        boolean inTime = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        synchronized (this) {
            if (!inTime) {
                throw new IllegalStateException("gss-client still ran after " + limit + ", with " + verified + " of "
                        + messages + " answers: " + String.join("\n", others));
            }
            while (!ended) {
                wait();
            }
            return new ProgramResult(process.exitValue(), String.join("\n", others));
        }
    }

    /** Ends it, if it has not ended. */
    @Override
    public void close() {
        AtExit.forget(this);
        synchronized (this) {
            finishing = true;
        }
        Processes.kill(process);
        credentials.close();
    }
}
