package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.spi.StateWriter;

/**
 * What tells one state of a context from any other, in whatever format it came.
 *
 * <pre>{@code
 * octets  field
 * 1       1 for the initiator
 * 1 + n   the key that protects messages: encryption type, key octets
 * 8       number of the next message to send
 * 25      window, see SequenceWindow
 * }</pre>
 */
final class ContextIdentity {
    private ContextIdentity() {}

    static void encode(ContextState state, StateWriter out) {
        EncryptionKey key = state.keys().baseKey();
        out.uint8(state.agreement().initiator() ? 1 : 0);
        out.uint8(key.type().number());
        key.secret().lend(octets -> {
            out.octets(octets);
            return null;
        });
        out.int64(state.protection().sendNumber());
        state.protection().window().write(out);
    }

    /** Tells whether messages are encrypted by a keystream that depends on key and number alone (RFC 4757). */
    static boolean hasKeystream(ContextState state) {
        return !state.keys().baseKey().type().isOfRfc4121();
    }
}
