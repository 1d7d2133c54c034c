package dev.gssbaton.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.function.IntFunction;

/** Free TCP ports of 127.0.0.1, for servers that must be told a port. */
final class FreePort {
    private static final int ATTEMPTS = 3;

    private FreePort() {}

    /**
     * Starts a server on a free port; if it does not start, on another.
     *
     * <p>Between finding a port and using it somebody else may have taken it.
     */
    static <T> T start(IntFunction<T> server) {
        for (int attempt = 1; ; attempt++) {
            try {
                return server.apply(find());
            } catch (IllegalStateException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static int find() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("No free port", e);
        }
    }
}
