package dev.gssbaton.krb5.token;

import dev.gssbaton.spi.TransferFault;
import org.ietf.jgss.GSSException;

/** What both directions of an rc4-hmac context have in common. Safe for use by several threads. */
final class LegacyContext {
    /** T in the checksum of a wrap token. */
    static final int WRAP_TYPE = 13;
    /** T in the checksum of any other token. */
    static final int MIC_TYPE = 15;

    private static final byte SENT_BY_INITIATOR = 0;
    private static final byte SENT_BY_ACCEPTOR = (byte) 0xFF;

    private final boolean initiator;
    private volatile boolean ended;

    LegacyContext(boolean initiator) {
        this.initiator = initiator;
    }

    /** Gives the octet that stands four times behind the numbers of what this side sends. */
    byte ourDirection() {
        return initiator ? SENT_BY_INITIATOR : SENT_BY_ACCEPTOR;
    }

    /** Gives the octet that stands four times behind the numbers of what the peer sends. */
    byte theirDirection() {
        return initiator ? SENT_BY_ACCEPTOR : SENT_BY_INITIATOR;
    }

    /** Notes that the peer has ended the context. */
    void end() {
        ended = true;
    }

    void expectAlive() throws GSSException {
        if (ended) {
            throw TransferFault.refusal(GSSException.NO_CONTEXT, "the peer has ended the context by a token");
        }
    }
}
