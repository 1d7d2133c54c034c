package dev.gssbaton.jgss;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gssbaton.peers.Login;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;

/** The JDK's HTTP server, which lets in by Negotiate (RFC 4559) those whom JGSS knows, and tells them their names. */
final class NegotiateServer implements AutoCloseable {
    private static final String SCHEME = "Negotiate";

    private final HttpServer server;
    private final Subject subject;
    private final GSSManager manager = GSSManager.getInstance();
    private final List<GSSContext> contexts = new CopyOnWriteArrayList<>();

    NegotiateServer(Subject subject) throws IOException {
        this.subject = subject;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    URI uri() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/");
    }

    /** The contexts that clients have established. */
    List<GSSContext> contexts() {
        return contexts;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                negotiate(exchange);
            } catch (GSSException e) {
                exchange.sendResponseHeaders(403, -1);
            } catch (Exception e) {
                exchange.sendResponseHeaders(500, -1);
            }
        }
    }

    private void negotiate(HttpExchange exchange) throws Exception {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        if (header == null || !header.startsWith(SCHEME + " ")) {
            challenge(exchange, null);
            return;
        }
        GSSContext context = manager.createContext((GSSCredential) null);
        byte[] token = Base64.getDecoder().decode(header.substring(SCHEME.length() + 1));
        byte[] answer = Login.as(subject, () -> context.acceptSecContext(token, 0, token.length));
        if (!context.isEstablished()) {
            challenge(exchange, answer);
            return;
        }
        contexts.add(context);
        byte[] name = context.getSrcName().toString().getBytes(StandardCharsets.UTF_8);
        authenticate(exchange, answer);
        exchange.sendResponseHeaders(200, name.length);
        exchange.getResponseBody().write(name);
    }

    private static void challenge(HttpExchange exchange, byte[] token) throws IOException {
        authenticate(exchange, token);
        exchange.sendResponseHeaders(401, -1);
    }

    private static void authenticate(HttpExchange exchange, byte[] token) {
        exchange.getResponseHeaders()
                .set(
                        "WWW-Authenticate",
                        token == null
                                ? SCHEME
                                : SCHEME + " " + Base64.getEncoder().encodeToString(token));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
