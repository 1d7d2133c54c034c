package dev.gssbaton.krb5.token;

import org.ietf.jgss.GSSException;

/** Makes tokens: one direction of a context, for one thread at a time. */
interface TokenSender extends AutoCloseable {
    /** Gives the number of the next token. */
    long next();

    /** Refuses when there is no number left to send another token under. */
    void checkNumberLeft() throws GSSException;

    /** Gives the exact size of a wrap token. */
    long wrapSize(int messageLength, boolean sealed);

    /** Makes the wrap token of a message, which may stand in the same array. */
    void wrap(byte[] message, int messageOffset, int messageLength, byte[] token, int offset, boolean sealed)
            throws GSSException;

    /** Gives the exact size of a MIC token. */
    int micSize();

    /** Makes the MIC token of a message. */
    void mic(byte[] message, int messageOffset, int messageLength, byte[] token, int offset) throws GSSException;

    /** Replaces the derived keys by zeros. Closing twice is harmless. */
    @Override
    void close();
}
