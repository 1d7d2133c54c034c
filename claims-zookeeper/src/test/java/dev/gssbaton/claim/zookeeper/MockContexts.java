package dev.gssbaton.claim.zookeeper;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.ExportOptions;
import dev.gssbaton.mock.Mock;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.SecretCredential;
import dev.gssbaton.spi.TextName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;

/** Contexts of the mock mechanism. */
final class MockContexts {
    private static final ExportOptions LONG = ExportOptions.defaults().withLifetime(Duration.ofMinutes(30));

    /** The tests make many imports fail; their log says nothing new. */
    private static final Logger LOG = Logger.getLogger("dev.gssbaton");

    static {
        LOG.setLevel(Level.OFF);
    }

    private MockContexts() {}

    /** Establishes a context and exports the acceptor's end of it. */
    static byte[] exported(BatonManager manager) throws GSSException {
        return export(established(manager));
    }

    static byte[] export(BatonContext context) throws GSSException {
        return context.exportToken(LONG).octets();
    }

    /** Establishes a context and gives the acceptor's end of it. */
    static BatonContext established(BatonManager manager) throws GSSException {
        BatonContext initiator =
                manager.createContext(name("bob"), Mock.MECHANISM, credential("alice"), GSSContext.INDEFINITE_LIFETIME);
        BatonContext acceptor = manager.createContext(credential("bob"));
        byte[] token = initiator.initSecContext(new byte[0], 0, 0);
        while (token != null) {
            token = acceptor.acceptSecContext(token, 0, token.length);
            token = token == null ? null : initiator.initSecContext(token, 0, token.length);
        }
        return acceptor;
    }

    private static SecretCredential credential(String text) {
        byte[] shared = "a secret that both sides know".getBytes(StandardCharsets.UTF_8);
        return new SecretCredential(name(text), SecretBytes.take(shared));
    }

    private static TextName name(String text) {
        return new TextName(Mock.MECHANISM, text);
    }
}
