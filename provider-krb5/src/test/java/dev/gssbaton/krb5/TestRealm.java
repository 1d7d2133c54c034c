package dev.gssbaton.krb5;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.krb5.credential.AcceptorOptions;
import dev.gssbaton.krb5.credential.Krb5Credential;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.format.KrbContextExporter;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.PrincipalName;
import dev.gssbaton.krb5.ticket.CurrentSubject;
import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.testkit.ContractFixture;
import dev.gssbaton.testkit.ContractParty;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosKey;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KerberosTicket;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;

/** A realm whose tickets are made here, whole or flawed, with a service whose keys are known. Its clock is set by hand. */
final class TestRealm {
    static final String NAME = "EXAMPLE.TEST";
    static final Principal ALICE = principal("alice@" + NAME);
    static final Principal SERVICE = principal("HTTP/www.example.test@" + NAME);
    static final int KVNO = 3;

    static final Set<ContextFlag> USUAL =
            Set.of(ContextFlag.MUTUAL, ContextFlag.REPLAY, ContextFlag.SEQUENCE, ContextFlag.CONF, ContextFlag.INTEG);

    final SecureRandom random = new SecureRandom();
    final EncryptionType type;
    final HandClock clock;
    final Krb5Mechanism mechanism = new Krb5Mechanism();
    final ClaimStore claims;

    private final Map<Integer, EncryptionKey> serviceKeys = new HashMap<>();
    private AcceptorOptions options = AcceptorOptions.DEFAULT;

    /** Makes a realm whose keys are all of one type, and whose replay cache is an hour old. */
    TestRealm(EncryptionType type) {
        this(type, Instant.now());
        addServiceKey(KVNO, type);
        if (type == EncryptionType.RC4_HMAC) {
            options = options.withPermittedEncryptionTypes(Set.of(type.number()));
        }
    }

    private TestRealm(EncryptionType type, Instant now) {
        this.type = type;
        this.clock = new HandClock(now.minus(1, ChronoUnit.HOURS));
        this.claims = new ProcessClaims(random, clock);
        clock.set(now);
    }

    /** Makes a realm that is the same in every run, so that a request that was kept can be given to it. */
    static TestRealm fixed() {
        TestRealm realm = new TestRealm(EncryptionType.AES256_CTS_HMAC_SHA1_96, Instant.parse("2026-01-02T03:04:05Z"));
        byte[] key = new byte[realm.type.keySize()];
        Arrays.fill(key, (byte) 7);
        realm.serviceKeys.put(KVNO, new EncryptionKey(realm.type, SecretBytes.take(key)));
        return realm;
    }

    static TestRealm aes256() {
        return new TestRealm(EncryptionType.AES256_CTS_HMAC_SHA1_96);
    }

    /** What the contracts need of a mechanism. There is no KDC here, so nothing can be delegated. */
    ContractFixture fixture() throws GSSException {
        return new ContractFixture(
                mechanism,
                new KrbContextExporter(),
                new ContractParty(PlatformName.of(ALICE).name(), initiatorCredential(ticket())),
                new ContractParty(PlatformName.of(SERVICE).name(), acceptorCredential()),
                mechanism.name("mallory@" + NAME, null),
                USUAL);
    }

    static Principal principal(String text) {
        return Principal.parse(text, PrincipalName.NT_PRINCIPAL);
    }

    TestRealm options(AcceptorOptions changed) {
        options = changed;
        return this;
    }

    AcceptorOptions options() {
        return options;
    }

    void addServiceKey(int kvno, EncryptionType keyType) {
        serviceKeys.put(kvno, EncryptionKey.generate(keyType, random));
    }

    EncryptionKey serviceKey(int kvno) {
        return serviceKeys.get(kvno);
    }

    Instant now() {
        return clock.instant();
    }

    Environment environment() {
        return environment(claims);
    }

    /** An environment whose store is an hour old and has seen nothing. */
    Environment forgetfulEnvironment() {
        HandClock began = new HandClock(now().minus(1, ChronoUnit.HOURS));
        ProcessClaims store = new ProcessClaims(random, began);
        began.set(now());
        return environment(store);
    }

    Environment environment(ClaimStore store) {
        return new Environment(clock, random, store);
    }

    ForgedTicket ticket() {
        return new ForgedTicket(this);
    }

    ForgedRequest request() {
        return ticket().request();
    }

    /** The service's credential: bound to its principal, with all keys that were added. */
    Krb5Credential acceptorCredential() throws GSSException {
        return acceptorCredential(SERVICE);
    }

    /** The service's keys, for whatever name an initiator asks for. */
    Krb5Credential unboundCredential() throws GSSException {
        return acceptorCredential(null);
    }

    private Krb5Credential acceptorCredential(Principal bound) throws GSSException {
        KerberosPrincipal owner = new KerberosPrincipal(SERVICE.toString());
        Set<Object> keys = new HashSet<>();
        serviceKeys.forEach((kvno, key) -> keys.add(key.secret()
                .lend(octets -> new KerberosKey(owner, octets, key.type().number(), kvno))));
        Subject subject = new Subject(false, Set.of(owner), Set.of(), keys);
        return CurrentSubject.call(
                subject,
                () -> Krb5Credential.fromCurrentSubject(
                        bound == null ? null : PlatformName.of(bound).name(), GSSCredential.ACCEPT_ONLY, options));
    }

    MechanismContext acceptor() throws GSSException {
        return acceptor(null);
    }

    MechanismContext acceptor(ChannelBinding bindings) throws GSSException {
        return mechanism.acceptor(new AcceptorRequest(acceptorCredential(), bindings), environment());
    }

    /** Accepts a token that needs no further one. */
    MechanismContext accept(byte[] token) throws GSSException {
        MechanismContext acceptor = acceptor();
        acceptor.step(token, 0, token.length);
        return acceptor;
    }

    /** Alice's credential: the ticket, and nothing to get another one with. */
    Krb5Credential initiatorCredential(ForgedTicket ticket) throws GSSException {
        return CurrentSubject.call(
                subject(ticket), () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_ONLY, options));
    }

    private static Subject subject(ForgedTicket ticket) {
        KerberosTicket forged = ticket.toPlatform();
        return new Subject(false, Set.of(forged.getClient()), Set.of(), Set.of(forged));
    }

    MechanismContext initiator(Set<ContextFlag> flags) throws GSSException {
        return initiator(ticket(), flags, null);
    }

    MechanismContext initiator(ForgedTicket ticket, Set<ContextFlag> flags, ChannelBinding bindings)
            throws GSSException {
        Krb5Credential credential = initiatorCredential(ticket);
        return mechanism.initiator(
                new InitiatorRequest(PlatformName.of(SERVICE).name(), credential, 0, flags, bindings), environment());
    }

    /** Establishes both sides. */
    Pair establish(Set<ContextFlag> flags) throws GSSException {
        return establish(initiator(flags), acceptor());
    }

    static Pair establish(MechanismContext initiator, MechanismContext acceptor) throws GSSException {
        byte[] request = initiator.step(new byte[0], 0, 0);
        byte[] reply = acceptor.step(request, 0, request.length);
        if (reply != null) {
            initiator.step(reply, 0, reply.length);
        }
        return new Pair(initiator, acceptor);
    }

    /** Both sides of a context. */
    record Pair(MechanismContext initiator, MechanismContext acceptor) {}

    /** A clock that stands where it is set. */
    static final class HandClock extends Clock {
        private volatile Instant instant;

        HandClock(Instant instant) {
            this.instant = instant;
        }

        void set(Instant to) {
            instant = to;
        }

        void advance(Duration by) {
            instant = instant.plus(by);
        }

        @Override
        public Instant instant() {
            return instant;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
