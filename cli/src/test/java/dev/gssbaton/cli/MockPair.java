package dev.gssbaton.cli;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.mock.Mock;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.SecretCredential;
import dev.gssbaton.spi.TextName;
import java.nio.charset.StandardCharsets;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;

/**
 * An established context of the mock mechanism, both sides.
 *
 * @param initiator the side of {@code alice}
 * @param acceptor the side of {@code service}
 */
public record MockPair(BatonContext initiator, BatonContext acceptor) {
    /** Establishes a context. */
    public static MockPair establish(BatonManager manager) throws GSSException {
        return establish(manager, GSSContext.INDEFINITE_LIFETIME);
    }

    /** Establishes a context that lives for so many seconds. */
    public static MockPair establish(BatonManager manager, int lifetime) throws GSSException {
        SecretBytes secret = SecretBytes.take("a secret of the tests".getBytes(StandardCharsets.UTF_8));
        TextName service = new TextName(Mock.MECHANISM, "service");
        BatonContext initiator = manager.createContext(
                service, Mock.MECHANISM, new SecretCredential(new TextName(Mock.MECHANISM, "alice"), secret), lifetime);
        BatonContext acceptor = manager.createContext(new SecretCredential(service, secret));
        byte[] token = initiator.initSecContext(new byte[0], 0, 0);
        while (token != null) {
            byte[] answer = acceptor.isEstablished() ? null : acceptor.acceptSecContext(token, 0, token.length);
            token = answer == null || initiator.isEstablished()
                    ? null
                    : initiator.initSecContext(answer, 0, answer.length);
        }
        if (!initiator.isEstablished() || !acceptor.isEstablished()) {
            throw new IllegalStateException("the mock mechanism needs more tokens than it has");
        }
        return new MockPair(initiator, acceptor);
    }
}
