package dev.gssbaton.handoff;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.mock.Mock;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.SecretCredential;
import dev.gssbaton.spi.TextName;
import java.nio.charset.StandardCharsets;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/**
 * Both sides of an established context of the mock mechanism.
 *
 * @param client the initiator
 * @param server the acceptor, which moves
 */
record Pairs(BatonContext client, BatonContext server) {
    static Pairs establish(BatonManager manager) throws GSSException {
        return establish(manager, manager);
    }

    static Pairs establish(BatonManager clients, BatonManager servers) throws GSSException {
        BatonContext client = client(clients);
        BatonContext server = server(servers);
        byte[] token = client.initSecContext(new byte[0], 0, 0);
        while (token != null) {
            token = server.acceptSecContext(token, 0, token.length);
            if (token != null) {
                token = client.initSecContext(token, 0, token.length);
            }
        }
        return new Pairs(client, server);
    }

    static BatonContext client(BatonManager manager) throws GSSException {
        BatonContext client = manager.createContext(
                name("server"), Mock.MECHANISM, credential("client"), GSSContext.INDEFINITE_LIFETIME);
        client.requestMutualAuth(true);
        return client;
    }

    static BatonContext server(BatonManager manager) throws GSSException {
        return manager.createContext(credential("server"));
    }

    static byte[] wrap(BatonContext context, String text) throws GSSException {
        byte[] message = text.getBytes(StandardCharsets.UTF_8);
        return context.wrap(message, 0, message.length, new MessageProp(true));
    }

    /** Unwraps what must be the next message. */
    static String unwrap(BatonContext context, byte[] token) throws GSSException {
        MessageProp prop = new MessageProp(false);
        byte[] message = context.unwrap(token, 0, token.length, prop);
        if (prop.isDuplicateToken() || prop.isGapToken() || prop.isOldToken() || prop.isUnseqToken()) {
            throw new GSSException(GSSException.FAILURE, 0, "not the next message: " + prop.getMinorString());
        }
        return new String(message, StandardCharsets.UTF_8);
    }

    private static TextName name(String text) {
        return new TextName(Mock.MECHANISM, text);
    }

    private static SecretCredential credential(String name) {
        byte[] shared = "a secret that both sides know".getBytes(StandardCharsets.UTF_8);
        return new SecretCredential(name(name), SecretBytes.take(shared));
    }
}
