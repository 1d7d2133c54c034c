package dev.gssbaton.krb5;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import java.util.Objects;

/**
 * The keys of a context, which it owns: the ticket's session key, the subkeys that were asserted, and which of them
 * protects messages.
 */
public final class ContextKeys implements AutoCloseable {
    private final EncryptionKey sessionKey;
    private final EncryptionKey initiatorSubkey;
    private final EncryptionKey acceptorSubkey;

    /**
     * Takes keys over.
     *
     * @param sessionKey the ticket's session key
     * @param initiatorSubkey what the initiator asserted; null for none
     * @param acceptorSubkey what the acceptor asserted; null for none
     */
    public ContextKeys(EncryptionKey sessionKey, EncryptionKey initiatorSubkey, EncryptionKey acceptorSubkey) {
        this.sessionKey = Objects.requireNonNull(sessionKey, "sessionKey");
        this.initiatorSubkey = initiatorSubkey;
        this.acceptorSubkey = acceptorSubkey;
    }

    /** Takes over what this object holds, and the acceptor's subkey. This object is not to be used any more. */
    ContextKeys withAcceptorSubkey(EncryptionKey subkey) {
        return new ContextKeys(sessionKey, initiatorSubkey, subkey);
    }

    /**
     * Gives the ticket's session key.
     *
     * @return the key, which stays this object's
     */
    public EncryptionKey sessionKey() {
        return sessionKey;
    }

    /**
     * Gives the initiator's subkey.
     *
     * @return the key, which stays this object's; null if there is none
     */
    public EncryptionKey initiatorSubkey() {
        return initiatorSubkey;
    }

    /**
     * Gives the acceptor's subkey.
     *
     * @return the key, which stays this object's; null if there is none
     */
    public EncryptionKey acceptorSubkey() {
        return acceptorSubkey;
    }

    /**
     * Gives the key that protects messages: the acceptor's subkey, or else the initiator's, or else the session key
     * (<a href="https://www.rfc-editor.org/rfc/rfc4121#section-2">RFC 4121 section 2</a>).
     *
     * @return the key, which stays this object's
     */
    public EncryptionKey baseKey() {
        if (acceptorSubkey != null) {
            return acceptorSubkey;
        }
        return initiatorSubkey != null ? initiatorSubkey : sessionKey;
    }

    /** Erases all keys. Closing twice is harmless. */
    @Override
    public void close() {
        sessionKey.close();
        if (initiatorSubkey != null) {
            initiatorSubkey.close();
        }
        if (acceptorSubkey != null) {
            acceptorSubkey.close();
        }
    }
}
