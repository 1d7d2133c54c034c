package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.Agreement;
import dev.gssbaton.krb5.ContextKeys;
import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.PlatformName;
import dev.gssbaton.krb5.TicketFacts;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.StateReader;
import java.time.Duration;
import java.time.Instant;
import org.ietf.jgss.GSSException;

/**
 * The bits of Heimdal's tokens, which mean the same in {@link Heimdal7Format} and {@link Heimdal8Format}, and what they come
 * to. Where they stand is each format's.
 */
final class HeimdalFlags {
    /** Bits of what is present. */
    static final int LOCAL_ADDRESS = 0x01;

    static final int REMOTE_ADDRESS = 0x02;
    static final int SESSION_KEY = 0x04;
    static final int LOCAL_SUBKEY = 0x08;
    static final int REMOTE_SUBKEY = 0x10;

    /** Bits of more flags. */
    private static final int LOCAL = 0x01;

    private static final int OPEN = 0x02;
    private static final int COMPATIBILITY_KNOWN = 0x08;
    private static final int ACCEPTOR_SUBKEY = 0x10;
    private static final int CFX = 0x80;
    /** With those that say how the context was established: 04, 20 and 40. */
    private static final int MORE_FLAGS = 0xff;

    private static final int INITIATOR_AUTH_FLAGS = 0x45;
    private static final int ACCEPTOR_AUTH_FLAGS = 0x65;

    private static final Octets NONE = Octets.of(new byte[0]);

    private HeimdalFlags() {}

    /** Gives the keys that are present, and refuses what Heimdal would refuse when the context is gone from here. */
    static int presentKeys(ContextState state) throws GSSException {
        EncryptionType type = state.keys().baseKey().type();
        if (type == EncryptionType.CAMELLIA128_CTS_CMAC || type == EncryptionType.CAMELLIA256_CTS_CMAC) {
            throw ForeignFields.cannotCarry("encryption type " + type.rfcName() + " is none of Heimdal's");
        }
        return SESSION_KEY | (ours(state) != null ? LOCAL_SUBKEY : 0) | (theirs(state) != null ? REMOTE_SUBKEY : 0);
    }

    /** Gives the subkey that this side asserted, or null. */
    static EncryptionKey ours(ContextState state) {
        ContextKeys keys = state.keys();
        return state.agreement().initiator() ? keys.initiatorSubkey() : keys.acceptorSubkey();
    }

    /** Gives the subkey that the peer asserted, or null. */
    static EncryptionKey theirs(ContextState state) {
        ContextKeys keys = state.keys();
        return state.agreement().initiator() ? keys.acceptorSubkey() : keys.initiatorSubkey();
    }

    /** Gives the flags of an authentication context as the library has them once a context is established. */
    static int authentication(boolean initiator) {
        return initiator ? INITIATOR_AUTH_FLAGS : ACCEPTOR_AUTH_FLAGS;
    }

    /** Gives the type that an acceptor's library chose for its subkey, from what the initiator offered. */
    static int keyType(ContextState state) {
        EncryptionKey subkey = state.keys().acceptorSubkey();
        boolean chosen = !state.agreement().initiator()
                && subkey != null
                && subkey.type().isOfRfc4121();
        return chosen ? subkey.type().number() : 0;
    }

    static int more(ContextState state) {
        boolean initiator = state.agreement().initiator();
        return (initiator ? LOCAL : 0) | OPEN | COMPATIBILITY_KNOWN | ofKeys(initiator, state.keys());
    }

    /**
     * Gives the bits that follow from the keys. Under rc4-hmac an acceptor repeats the initiator's subkey and notes that it
     * asserts one; the initiator has it then, and does not note it.
     */
    private static int ofKeys(boolean initiator, ContextKeys keys) {
        boolean cfx = keys.baseKey().type().isOfRfc4121();
        boolean noted = keys.acceptorSubkey() != null && (cfx || !initiator);
        return (noted ? ACCEPTOR_SUBKEY : 0) | (cfx ? CFX : 0);
    }

    static boolean isInitiator(int more) {
        return (more & LOCAL) != 0;
    }

    /** Checks that the context is established, and that its flags are those of its keys. */
    static void check(int more, int services, ContextKeys keys) throws GSSException {
        if ((more & OPEN) == 0) {
            throw halfEstablished();
        }
        if ((more & ~MORE_FLAGS) != 0) {
            throw StateReader.malformed("more flags", "have unknown bits");
        }
        if ((more & (ACCEPTOR_SUBKEY | CFX)) != ofKeys(isInitiator(more), keys)) {
            throw StateReader.malformed("more flags", "do not agree with the keys that are present");
        }
        if (keys.acceptorSubkey() != null && (services & ContextFlag.MUTUAL.bit()) == 0) {
            throw StateReader.malformed("flags", "have an acceptor's subkey and no mutual authentication");
        }
    }

    /** Makes the agreement of what was read. Of the ticket the end alone is known, and Heimdal has no clock skew. */
    static Agreement agreement(
            boolean initiator, int services, PlatformName source, PlatformName target, Instant end, ContextKeys keys) {
        TicketFacts ticket = new TicketFacts(KerberosFlags.NONE, null, null, end, null, NONE, NONE, false);
        EncryptionKey key = keys.baseKey();
        int granted = ContextKeys.grantable(services, key.type(), key != keys.sessionKey());
        return new Agreement(initiator, granted, source, target, ticket, Duration.ZERO);
    }

    static GSSException halfEstablished() {
        return StateReader.malformed("context", "is half established, and cannot be moved");
    }
}
