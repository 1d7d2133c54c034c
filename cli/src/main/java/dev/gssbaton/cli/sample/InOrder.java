package dev.gssbaton.cli.sample;

import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/** The connection keeps the order of messages, so one that is out of order was put there by somebody. */
final class InOrder {
    private InOrder() {}

    /** Throws where a message that has verified is not the next one. */
    static void require(MessageProp prop) throws GSSException {
        if (prop.isDuplicateToken()) {
            throw new GSSException(GSSException.DUPLICATE_TOKEN, 0, "a message came a second time");
        }
        if (prop.isOldToken()) {
            throw new GSSException(GSSException.OLD_TOKEN, 0, "a message came too late to tell whether it came before");
        }
        if (prop.isUnseqToken()) {
            throw new GSSException(GSSException.UNSEQ_TOKEN, 0, "a message came after a later one");
        }
        if (prop.isGapToken()) {
            throw new GSSException(GSSException.GAP_TOKEN, 0, "a message before this one is missing");
        }
    }
}
