package dev.gssbaton.krb5.token;

import dev.gssbaton.spi.SequenceWindow;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/** Verifies tokens: the other direction of a context, for one thread at a time. */
interface TokenReceiver extends AutoCloseable {
    /** Gives what was received. */
    SequenceWindow window();

    /** Refuses when the peer has ended the context. */
    void expectAlive() throws GSSException;

    /** Reads what a wrap token says of itself, none of which is verified yet. */
    Incoming parse(byte[] token, int offset, int length) throws GSSException;

    /** Verifies the MIC token of a message. */
    void verifyMic(
            byte[] token,
            int offset,
            int length,
            byte[] message,
            int messageOffset,
            int messageLength,
            MessageProp prop)
            throws GSSException;

    /** Replaces the derived keys by zeros. Closing twice is harmless. */
    @Override
    void close();

    /** A wrap token whose lengths fit together. */
    interface Incoming {
        /** Gives the number of octets of the message. */
        int messageLength();

        /** Tells whether the message can go to a place in an array while the token is read from there. */
        boolean fits(byte[] message, int offset);

        /**
         * Verifies the token and gives out its message; no octet of it if this throws.
         *
         * @param message where the message goes, which {@link #fits}
         */
        void unwrap(byte[] message, int offset, MessageProp prop) throws GSSException;

        /** Verifies the token and gives out its message in an array of its own. */
        byte[] unwrap(MessageProp prop) throws GSSException;
    }
}
