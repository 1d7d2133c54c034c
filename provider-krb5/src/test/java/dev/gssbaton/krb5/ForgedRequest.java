package dev.gssbaton.krb5;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.ApOption;
import dev.gssbaton.krb5.message.ApReq;
import dev.gssbaton.krb5.message.Authenticator;
import dev.gssbaton.krb5.message.AuthenticatorChecksum;
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.ChannelBindings;
import dev.gssbaton.krb5.message.Checksum;
import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.TokenId;
import dev.gssbaton.spi.ContextFlag;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.ietf.jgss.ChannelBinding;

/** An initiator's first token for a {@link ForgedTicket}: a good one, until something is changed. */
final class ForgedRequest {
    private final TestRealm realm;
    private final ForgedTicket ticket;

    private KerberosFlags options = KerberosFlags.NONE.with(ApOption.MUTUAL_REQUIRED);
    private Principal client;
    private Checksum checksum = checksum(ContextFlag.bits(TestRealm.USUAL));
    private Instant time;
    private EncryptionKey subkey;
    private OptionalLong sequenceNumber = OptionalLong.of(4711);
    private AuthorizationData authorizationData = AuthorizationData.NONE;
    private int usage = Authenticator.KEY_USAGE;
    private UnaryOperator<byte[]> plaintext = UnaryOperator.identity();

    ForgedRequest(ForgedTicket ticket) {
        this.realm = ticket.realm;
        this.ticket = ticket;
        this.client = ticket.client();
        this.time = realm.now();
        this.subkey = EncryptionKey.generate(ticket.sessionKey().type(), realm.random);
    }

    static Checksum checksum(int flags) {
        return checksum(null, flags);
    }

    static Checksum checksum(ChannelBinding bindings, int flags) {
        return new AuthenticatorChecksum(ChannelBindings.hash(bindings), flags, null, Octets.of(new byte[0])).encode();
    }

    static Checksum checksum(byte[] octets) {
        return new Checksum(AuthenticatorChecksum.TYPE, Octets.of(octets));
    }

    ForgedRequest options(KerberosFlags flags) {
        options = flags;
        return this;
    }

    ForgedRequest client(String text) {
        client = TestRealm.principal(text);
        return this;
    }

    ForgedRequest flags(Set<ContextFlag> asked) {
        return checksum0x8003(null, ContextFlag.bits(asked));
    }

    ForgedRequest checksum0x8003(ChannelBinding bindings, int flags) {
        checksum = checksum(bindings, flags);
        return this;
    }

    /** Sets another checksum; null for none. */
    ForgedRequest rawChecksum(Checksum other) {
        checksum = other;
        return this;
    }

    ForgedRequest time(Instant other) {
        time = other;
        return this;
    }

    ForgedRequest noSubkey() {
        subkey = null;
        return this;
    }

    ForgedRequest subkeyType(EncryptionType type) {
        subkey = EncryptionKey.generate(type, realm.random);
        return this;
    }

    ForgedRequest sequenceNumber(OptionalLong number) {
        sequenceNumber = number;
        return this;
    }

    ForgedRequest authorizationData(AuthorizationData data) {
        authorizationData = data;
        return this;
    }

    ForgedRequest usage(int keyUsage) {
        usage = keyUsage;
        return this;
    }

    /** Changes what is encrypted. */
    ForgedRequest plaintext(UnaryOperator<byte[]> change) {
        plaintext = change;
        return this;
    }

    EncryptionKey subkey() {
        return subkey;
    }

    ForgedTicket ticket() {
        return ticket;
    }

    ApReq message() {
        Authenticator authenticator = new Authenticator(
                client,
                checksum,
                time,
                time.get(ChronoField.MICRO_OF_SECOND),
                subkey,
                sequenceNumber,
                authorizationData);
        EncryptedData sealed =
                EncryptedData.seal(ticket.sessionKey(), usage, plaintext.apply(authenticator.encode()), realm.random);
        return new ApReq(options, ticket.seal(), sealed);
    }

    byte[] token() {
        return GssFraming.encode(TokenId.AP_REQ, message().encode());
    }
}
