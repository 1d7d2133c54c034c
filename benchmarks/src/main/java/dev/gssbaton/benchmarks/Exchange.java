package dev.gssbaton.benchmarks;

import dev.gssbaton.BatonContext;
import dev.gssbaton.benchmarks.Krb5Realm.Pair;
import java.nio.ByteBuffer;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/** What is done with a message at both ends: one side makes a token of it, the other takes it. */
public enum Exchange {
    /** Wrap and unwrap with confidentiality. */
    CONF {
        @Override
        int between(Pair pair, byte[] message, int length) throws GSSException {
            return wrap(pair, message, length, true);
        }

        @Override
        int between(BatonContext from, BatonContext to, ByteBuffer message, ByteBuffer token, ByteBuffer taken)
                throws GSSException {
            return wrap(from, to, message, token, taken, true);
        }
    },
    /** Wrap and unwrap without confidentiality. */
    INTEG {
        @Override
        int between(Pair pair, byte[] message, int length) throws GSSException {
            return wrap(pair, message, length, false);
        }

        @Override
        int between(BatonContext from, BatonContext to, ByteBuffer message, ByteBuffer token, ByteBuffer taken)
                throws GSSException {
            return wrap(from, to, message, token, taken, false);
        }
    },
    /** A MIC and its verification. */
    MIC {
        @Override
        int between(Pair pair, byte[] message, int length) throws GSSException {
            byte[] token = pair.initiator().getMIC(message, 0, length, new MessageProp(0, false));
            MessageProp found = new MessageProp(0, false);
            pair.acceptor().verifyMIC(token, 0, token.length, message, 0, length, found);
            requireInOrder(found);
            return length;
        }

        @Override
        int between(BatonContext from, BatonContext to, ByteBuffer message, ByteBuffer token, ByteBuffer taken)
                throws GSSException {
            from.getMIC(message, token, new MessageProp(0, false));
            message.flip();
            token.flip();
            MessageProp found = new MessageProp(0, false);
            to.verifyMIC(token, message, found);
            requireInOrder(found);
            return message.limit();
        }
    };

    /** Does it between arrays, as JGSS has it. Gives the number of octets that arrived. */
    abstract int between(Pair pair, byte[] message, int length) throws GSSException;

    /** Does it between buffers, which are cleared, the message's apart, which holds it from 0 to its limit. */
    abstract int between(BatonContext from, BatonContext to, ByteBuffer message, ByteBuffer token, ByteBuffer taken)
            throws GSSException;

    private static int wrap(Pair pair, byte[] message, int length, boolean privacy) throws GSSException {
        byte[] token = pair.initiator().wrap(message, 0, length, new MessageProp(0, privacy));
        MessageProp found = new MessageProp(0, false);
        GSSContext acceptor = pair.acceptor();
        byte[] taken = acceptor.unwrap(token, 0, token.length, found);
        requireInOrder(found);
        return taken.length;
    }

    private static int wrap(
            BatonContext from, BatonContext to, ByteBuffer message, ByteBuffer token, ByteBuffer taken, boolean privacy)
            throws GSSException {
        from.wrap(message, token, new MessageProp(0, privacy));
        token.flip();
        MessageProp found = new MessageProp(0, false);
        to.unwrap(token, taken, found);
        requireInOrder(found);
        return taken.position();
    }

    private static void requireInOrder(MessageProp found) {
        if (found.isDuplicateToken() || found.isGapToken() || found.isOldToken() || found.isUnseqToken()) {
            throw new IllegalStateException("the message arrived out of order");
        }
    }
}
