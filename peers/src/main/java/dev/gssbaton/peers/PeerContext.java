package dev.gssbaton.peers;

import javax.security.auth.Subject;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;

/**
 * One end of a GSS-API context, wherever it lives: in this JVM or, through {@link JgssPeer}, in another.
 *
 * <p>Not safe for use by several threads.
 */
public sealed interface PeerContext extends AutoCloseable permits LocalContext, RemoteContext {

    /**
     * Returns an end in this JVM.
     *
     * @param context any implementation's context, with its requests made
     * @param subject whose credentials its steps use; null for the current Subject's
     */
    static PeerContext of(GSSContext context, Subject subject) {
        return new LocalContext(context, subject);
    }

    /**
     * Takes the establishment one step on.
     *
     * @param token what the other end sent, empty for an initiator's first step
     * @return what to send to the other end, empty for nothing
     * @throws GSSException if the mechanism refuses
     */
    byte[] step(byte[] token) throws GSSException;

    /** Returns whether this end is established. */
    boolean isEstablished();

    /**
     * Returns what is known of the context.
     *
     * @throws GSSException if the mechanism refuses
     */
    ContextFacts facts() throws GSSException;

    /**
     * Wraps a message.
     *
     * @throws GSSException if the mechanism refuses
     */
    byte[] wrap(byte[] message, boolean confidential) throws GSSException;

    /**
     * Unwraps a message.
     *
     * @throws GSSException if the mechanism refuses
     */
    Received unwrap(byte[] token) throws GSSException;

    /**
     * Makes a MIC of a message.
     *
     * @throws GSSException if the mechanism refuses
     */
    byte[] mic(byte[] message) throws GSSException;

    /**
     * Verifies a MIC.
     *
     * @throws GSSException if the mechanism refuses
     */
    Received verifyMic(byte[] mic, byte[] message) throws GSSException;

    /**
     * Exports the context.
     *
     * @throws GSSException if the mechanism refuses
     */
    byte[] export() throws GSSException;

    /**
     * Returns the name of the credential that was delegated to this end, empty if none was.
     *
     * @throws GSSException if the mechanism refuses
     */
    String delegatedName() throws GSSException;

    /** Disposes of the context. */
    @Override
    void close() throws GSSException;

    /**
     * Establishes a context between an initiator and an acceptor, with as many tokens as they want.
     *
     * @throws GSSException if one of them refuses
     */
    static void establish(PeerContext initiator, PeerContext acceptor) throws GSSException {
        byte[] token = initiator.step(new byte[0]);
        while (token.length > 0) {
            token = acceptor.step(token);
            if (token.length > 0) {
                token = initiator.step(token);
            }
        }
        if (!initiator.isEstablished() || !acceptor.isEstablished()) {
            throw new IllegalStateException("Neither end sends more, but the context is not established");
        }
    }
}
