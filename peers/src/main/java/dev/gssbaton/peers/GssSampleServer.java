package dev.gssbaton.peers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A port of 127.0.0.1 with a {@code gss-server} behind each connection.
 *
 * <p>By itself {@code gss-server} listens on all addresses. As a service of inetd it takes its connection from standard
 * input, which Java cannot make a socket; bash can, so a connection goes through this JVM to a second one that bash
 * opens.
 */
public final class GssSampleServer implements AutoCloseable {
    private static final int LIMIT_MILLIS =
            Math.toIntExact(Duration.ofSeconds(20).toMillis());

    private static final String WITH_SOCKET_AS_INPUT = "exec 0<>\"/dev/tcp/127.0.0.1/$1\"; shift; exec \"$@\"";

    private final NativeCredentials credentials;
    private final PrivateFolder folder = new PrivateFolder("gss-server");
    private final Path log = folder.file("log");
    private final List<String> program = new ArrayList<>();
    private final LoopbackListener listener;

    GssSampleServer(Account service, String... options) {
        program.addAll(List.of(NativePeer.path("gss-server").toString(), "-inetd"));
        program.addAll(List.of("-verbose", "-logfile", log.toString()));
        program.addAll(List.of(options));
        program.add(GssSample.hostBased(service));
        credentials = new NativeCredentials(service.kdc(), false);
        credentials.acceptAs(service);
        listener = new LoopbackListener("gss-server", this::serve);
        AtExit.close(this);
    }

    /** Returns the port on 127.0.0.1. */
    public int port() {
        return listener.port();
    }

    /** Waits until no connection is open, and returns what their servers have logged. */
    public String log() {
        listener.awaitIdle(LIMIT_MILLIS);
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + log, e);
        }
    }

    /** Ends the server and all its connections; harmless when repeated. */
    @Override
    public void close() {
        AtExit.forget(this);
        listener.close();
        credentials.close();
        folder.close();
    }

    private void serve(Socket client) throws IOException {
        try (ServerSocket inner = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            inner.setSoTimeout(LIMIT_MILLIS);
            List<String> line = new ArrayList<>(List.of(NativePeer.path("bash").toString(), "-c"));
            line.addAll(List.of(WITH_SOCKET_AS_INPUT, "bash", Integer.toString(inner.getLocalPort())));
            line.addAll(program);
            Process process = Command.builder(credentials.environment(), line)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (Socket server = inner.accept()) {
                Thread answers = LoopbackListener.daemon(
                        Thread.currentThread().getName() + ", answers", () -> copyQuietly(server, client));
                copy(client, server);
                // It writes its log when it ends.
                answers.join(LIMIT_MILLIS);
                process.waitFor(LIMIT_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                Processes.kill(process);
            }
        }
    }

    private static void copyQuietly(Socket from, Socket to) {
        try {
            copy(from, to);
        } catch (IOException e) {
            // One end has gone; the other direction notices it too, and ends the connection.
        }
    }

    private static void copy(Socket from, Socket to) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        in.transferTo(out);
        to.shutdownOutput();
    }
}
