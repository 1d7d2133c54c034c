package dev.gssbaton.cli.serve;

import dev.gssbaton.cli.BatonProcess;
import dev.gssbaton.cli.sample.Frame;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.ContextRequest;
import dev.gssbaton.peers.GssSampleClient;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.PeerContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;

/** {@code baton serve} in a process of its own, and clients of it that are the JDK's own JGSS. */
public final class Serving implements AutoCloseable {
    private final BatonProcess process;
    private final Account service;
    private final int port;

    private Serving(BatonProcess process, Account service, int port) {
        this.process = process;
        this.service = service;
        this.port = port;
    }

    /** Starts a server. */
    public static Serving start(Path folder, Account service, String... options) throws Exception {
        return start(List.of(), folder, service, options);
    }

    /** Starts a server through another program. */
    static Serving start(List<String> launcher, Path folder, Account service, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("--principal", service.principal()));
        all.addAll(List.of(options));
        return start(launcher, folder, service, service.keytab(), all);
    }

    /** Starts a server for all principals of a keytab. */
    static Serving start(Path folder, Account service, Path keytab) throws Exception {
        return start(List.of(), folder, service, keytab, List.of());
    }

    private static Serving start(List<String> launcher, Path folder, Account service, Path keytab, List<String> options)
            throws Exception {
        List<String> arguments = new ArrayList<>(List.of("serve", "--port", "0", "--keytab", keytab.toString()));
        arguments.addAll(options);
        allowForABusyMachine(arguments);
        BatonProcess process = BatonProcess.start(launcher, folder, arguments.toArray(String[]::new));
        try {
            int port = Integer.parseInt(
                    process.await("^listening on 127.0.0.1 port (\\d+) as ").group(1));
            process.await("^workers ");
            return new Serving(process, service, port);
        } catch (InterruptedException | AssertionError e) {
            process.close();
            throw e;
        }
    }

    /** Starts a new generation of this server, and does not wait for anything. */
    BatonProcess follow(Path folder, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "serve",
                "--takeover",
                "--port",
                "" + port,
                "--keytab",
                service.keytab().toString(),
                "--principal",
                service.principal()));
        arguments.addAll(List.of(options));
        allowForABusyMachine(arguments);
        return BatonProcess.start(folder, arguments.toArray(String[]::new));
    }

    /** Gives clients time on a busy machine, unless that is what is tried. */
    private static void allowForABusyMachine(List<String> arguments) {
        if (!arguments.contains("--handshake")) {
            arguments.addAll(List.of("--handshake", "120"));
        }
    }

    /** Told how a takeover goes on. */
    interface Progress {
        /** The new generation is about to be started. */
        void starts() throws InterruptedException;

        /** It lets clients in. */
        void isReleased() throws InterruptedException;

        /** It has all sessions. */
        void hasTaken() throws InterruptedException;
    }

    private static final Progress UNOBSERVED = new Progress() {
        @Override
        public void starts() {}

        @Override
        public void isReleased() {}

        @Override
        public void hasTaken() {}
    };

    /** Starts a new generation of this server, and waits until it has taken over and this one has ended. */
    Serving takeOver(Path folder, String... options) throws Exception {
        return takeOver(folder, UNOBSERVED, options);
    }

    /** Starts a new generation of this server, and waits until it has taken over and this one has ended. */
    Serving takeOver(Path folder, Progress progress, String... options) throws Exception {
        progress.starts();
        BatonProcess next = follow(folder, options);
        try {
            next.await("^listening on ");
            progress.isReleased();
            next.await(
                    "^took over \\d+ sessions from process " + process.handle().pid() + "$");
            process.await("^process " + next.handle().pid() + " took over, with \\d+ sessions$");
            progress.hasTaken();
            if (process.awaitExit() != 0) {
                throw new AssertionError("it ended with " + process.lines());
            }
            return new Serving(next, service, port);
        } catch (Exception | AssertionError e) {
            next.close();
            throw e;
        }
    }

    /** Returns a server that clients reach as this one, in another process. */
    Serving in(BatonProcess other) {
        return new Serving(other, service, port);
    }

    /** Returns the same server to clients that want another service there. */
    Serving as(Account other) {
        return new Serving(process, other, port);
    }

    /** Returns the server's process. */
    public BatonProcess process() {
        return process;
    }

    /** Returns its port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Returns the process numbers of the first workers. */
    List<Long> workers() throws InterruptedException {
        return Pattern.compile("pid (\\d+)")
                .matcher(process.await("^workers (.*);").group(1))
                .results()
                .map(found -> Long.parseLong(found.group(1)))
                .toList();
    }

    /** Returns an initiator of the JDK's own. */
    PeerContext initiator(Subject subject, ContextRequest.Flag... flags) throws Exception {
        List<ContextRequest.Flag> wanted = List.of(flags);
        GSSContext context = Login.as(subject, () -> GSSManager.getInstance()
                .createContext(service.gssName(), new Oid("1.2.840.113554.1.2.2"), null, GSSContext.DEFAULT_LIFETIME));
        context.requestMutualAuth(wanted.contains(ContextRequest.Flag.MUTUAL));
        context.requestReplayDet(wanted.contains(ContextRequest.Flag.REPLAY));
        context.requestSequenceDet(wanted.contains(ContextRequest.Flag.SEQUENCE));
        context.requestConf(wanted.contains(ContextRequest.Flag.CONFIDENTIALITY));
        context.requestInteg(true);
        return PeerContext.of(context, subject);
    }

    /** Connects a client of the JDK's own with all flags. */
    GssSampleClient connect(Subject subject) throws Exception {
        return connect(initiator(
                subject,
                ContextRequest.Flag.MUTUAL,
                ContextRequest.Flag.REPLAY,
                ContextRequest.Flag.SEQUENCE,
                ContextRequest.Flag.CONFIDENTIALITY));
    }

    GssSampleClient connect(PeerContext initiator) throws IOException, GSSException {
        return GssSampleClient.connect(port, initiator);
    }

    /** Connects as soon as the server takes one more. */
    GssSampleClient connectWhenThereIsRoom(Subject subject) throws Exception {
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (true) {
            try {
                return connect(subject);
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(20);
            }
        }
    }

    /** Establishes a context and returns the bare connection. */
    SocketChannel connectChannel(PeerContext initiator) throws IOException, GSSException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Frame.empty(Frame.NOOP | Frame.CONTEXT_NEXT).write(channel);
        byte[] token = initiator.step(new byte[0]);
        new Frame(Frame.CONTEXT, token).write(channel);
        while (!initiator.isEstablished()) {
            token = initiator.step(Frame.read(channel, 65536).body());
            if (token.length > 0) {
                new Frame(Frame.CONTEXT, token).write(channel);
            }
        }
        return channel;
    }

    /** Connects and says nothing. */
    Socket silent() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        return socket;
    }

    @Override
    public void close() throws IOException {
        process.close();
    }
}
