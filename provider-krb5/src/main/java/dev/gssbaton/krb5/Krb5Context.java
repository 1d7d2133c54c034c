package dev.gssbaton.krb5;

import com.sun.security.jgss.AuthorizationDataEntry;
import com.sun.security.jgss.InquireType;
import dev.gssbaton.krb5.credential.AuthorizationElement;
import dev.gssbaton.krb5.credential.Krb5Details;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.MalformedMessageException;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.PrfKey;
import dev.gssbaton.spi.SequenceNumbers;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;

/** One side of a krb5 context: at first a {@link Handshake}, then what it established. */
public final class Krb5Context implements MechanismContext {
    /** KerberosTime (RFC 4120 section 5.2.3). */
    private static final DateTimeFormatter KERBEROS_TIME =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private final boolean initiator;
    private Handshake handshake;
    private ContextState state;
    private GSSCredential delegatedCredential;

    private Krb5Context(boolean initiator, Handshake handshake, ContextState state) {
        this.initiator = initiator;
        this.handshake = handshake;
        this.state = state;
    }

    static Krb5Context initiator(Initiation initiation) {
        return new Krb5Context(true, initiation, null);
    }

    static Krb5Context acceptor(Acceptance acceptance) {
        return new Krb5Context(false, acceptance, null);
    }

    /**
     * Makes a context of one that is established.
     *
     * @param state the established context, which belongs to this one from now on
     * @return the context
     */
    public static Krb5Context established(ContextState state) {
        return new Krb5Context(state.agreement().initiator(), null, state);
    }

    /**
     * Gives the established context, for export.
     *
     * @return the state, which stays this context's
     * @throws IllegalStateException if it is not established
     */
    public ContextState state() {
        if (state == null) {
            throw new IllegalStateException("the context is not established");
        }
        return state;
    }

    @Override
    public boolean isInitiator() {
        return initiator;
    }

    @Override
    public byte[] step(byte[] token, int offset, int length) throws GSSException {
        byte[] out = handshake.step(token, offset, length);
        state = handshake.takeEstablished();
        if (state != null) {
            handshake = null;
        }
        return out;
    }

    @Override
    public boolean isEstablished() {
        return state != null;
    }

    @Override
    public Set<ContextFlag> flags() {
        return Collections.unmodifiableSet(ContextFlag.of(
                state == null ? handshake.flags() : state.agreement().flags()));
    }

    @Override
    public GSSName sourceName() {
        return name(state == null ? handshake.source() : state.agreement().source());
    }

    @Override
    public GSSName targetName() {
        return name(state == null ? handshake.target() : state.agreement().target());
    }

    private static GSSName name(PlatformName name) {
        return name == null ? null : name.name();
    }

    @Override
    public Instant expiry() {
        return state == null ? Instant.MAX : state.agreement().expiry();
    }

    /** Gives the delegated credential, the same one at each call; null also if the platform refuses its ticket. */
    @Override
    public GSSCredential delegatedCredential() {
        if (delegatedCredential == null && state != null && state.delegated() != null) {
            try {
                delegatedCredential = state.delegated().toCredential();
            } catch (GSSException e) {
                return null; // the ticket has expired since it was delegated
            }
        }
        return delegatedCredential;
    }

    @Override
    @SuppressWarnings("deprecation") // KRB5_GET_SESSION_KEY, which the platform still answers
    public Object inquire(InquireType type) throws GSSException {
        TicketFacts ticket = state.agreement().ticket();
        return switch (type) {
            case KRB5_GET_SESSION_KEY_EX -> sessionKey();
            case KRB5_GET_TKT_FLAGS -> ticketFlags(known(ticket, type));
            case KRB5_GET_AUTHTIME -> KERBEROS_TIME.format(known(ticket, type).authTime());
            case KRB5_GET_AUTHZ_DATA -> authorizationData(ticket);
            case KRB5_GET_SESSION_KEY -> rawSessionKey();
            default -> MechanismContext.super.inquire(type);
        };
    }

    /** The session key of JGSS is the one in use: a subkey, if one was asserted. */
    private javax.security.auth.kerberos.EncryptionKey sessionKey() {
        EncryptionKey key = state.keys().baseKey();
        return key.secret()
                .lend(octets -> new javax.security.auth.kerberos.EncryptionKey(
                        octets, key.type().number()));
    }

    private SecretKeySpec rawSessionKey() {
        EncryptionKey key = state.keys().baseKey();
        return key.secret()
                .lend(octets ->
                        new SecretKeySpec(octets, Integer.toString(key.type().number())));
    }

    private static TicketFacts known(TicketFacts ticket, InquireType type) throws GSSException {
        if (ticket.authTime() == null) {
            throw new KerberosException(
                    ErrorCode.KRB_ERR_GENERIC,
                    GSSException.UNAVAILABLE,
                    "the format in which this context was imported says nothing for " + type);
        }
        return ticket;
    }

    private static boolean[] ticketFlags(TicketFacts ticket) {
        boolean[] flags = new boolean[Integer.SIZE];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = ticket.flags().toInt() << i < 0;
        }
        return flags;
    }

    private AuthorizationDataEntry[] authorizationData(TicketFacts ticket) throws GSSException {
        if (initiator) {
            throw new KerberosException(
                    ErrorCode.KRB_ERR_GENERIC,
                    GSSException.UNAVAILABLE,
                    "an initiator cannot read the authorization data in its ticket");
        }
        return elements(ticket.authorizationData()).stream()
                .map(element -> new AuthorizationDataEntry(element.type(), element.data()))
                .toArray(AuthorizationDataEntry[]::new);
    }

    private static List<AuthorizationElement> elements(Octets encoded) {
        if (encoded.length() == 0) {
            return List.of();
        }
        try {
            return AuthorizationData.decode(encoded.toBytes(), 0, encoded.length()).elements().stream()
                    .map(element -> new AuthorizationElement(
                            element.type(), element.data().toBytes()))
                    .toList();
        } catch (MalformedMessageException e) {
            throw new IllegalStateException("authorization data have been read before", e);
        }
    }

    @Override
    public <T> Optional<T> details(Class<T> type) {
        if (type == SequenceNumbers.class && state != null) {
            return Optional.of(type.cast(new SequenceNumbers(
                    state.protection().sendNumber(), state.protection().window().next())));
        }
        if (type != Krb5Details.class || state == null) {
            return Optional.empty();
        }
        TicketFacts ticket = state.agreement().ticket();
        return Optional.of(type.cast(new Krb5Details(
                state.keys().baseKey().type().number(),
                ticket.authTime(),
                ticket.startTime(),
                ticket.endTime(),
                ticket.renewTill(),
                ticket.flags().toInt(),
                elements(ticket.authorizationData()),
                elements(ticket.authenticatorData()),
                ticket.pacVerified())));
    }

    @Override
    public byte[] pseudoRandom(PrfKey key, byte[] input, int length) {
        return state.keys().pseudoRandom(key, input, length);
    }

    @Override
    public long wrapSize(int messageLength, MessageProp prop) throws GSSException {
        return state.protection().wrapSize(messageLength, prop);
    }

    @Override
    public byte[] wrap(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
        return state.protection().wrap(message, offset, length, prop);
    }

    @Override
    public void wrap(ByteBuffer message, ByteBuffer token, MessageProp prop) throws GSSException {
        state.protection().wrap(message, token, prop);
    }

    @Override
    public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
        return state.protection().unwrap(token, offset, length, prop);
    }

    @Override
    public void unwrap(ByteBuffer token, ByteBuffer message, MessageProp prop) throws GSSException {
        state.protection().unwrap(token, message, prop);
    }

    @Override
    public int micSize(MessageProp prop) throws GSSException {
        return state.protection().micSize(prop);
    }

    @Override
    public byte[] getMIC(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
        return state.protection().getMIC(message, offset, length, prop);
    }

    @Override
    public void getMIC(ByteBuffer message, ByteBuffer token, MessageProp prop) throws GSSException {
        state.protection().getMIC(message, token, prop);
    }

    @Override
    public void verifyMIC(
            byte[] token,
            int tokenOffset,
            int tokenLength,
            byte[] message,
            int messageOffset,
            int messageLength,
            MessageProp prop)
            throws GSSException {
        state.protection().verifyMIC(token, tokenOffset, tokenLength, message, messageOffset, messageLength, prop);
    }

    @Override
    public void verifyMIC(ByteBuffer token, ByteBuffer message, MessageProp prop) throws GSSException {
        state.protection().verifyMIC(token, message, prop);
    }

    @Override
    public void erase() {
        if (handshake != null) {
            handshake.close();
            handshake = null;
        }
        if (state != null) {
            state.close();
            state = null;
        }
        delegatedCredential = null;
    }

    /**
     * Names the role, never a name or a key.
     *
     * @return a text without secrets
     */
    @Override
    public String toString() {
        return "Krb5Context[" + (initiator ? "initiator" : "acceptor") + "]";
    }
}
