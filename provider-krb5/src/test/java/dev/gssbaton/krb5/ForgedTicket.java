package dev.gssbaton.krb5;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.EncTicketPart;
import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.HostAddress;
import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.Ticket;
import dev.gssbaton.krb5.message.TicketFlag;
import dev.gssbaton.krb5.message.TransitedEncoding;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KerberosTicket;

/** A ticket of {@link TestRealm}: a good one, until something is changed. */
final class ForgedTicket {
    final TestRealm realm;
    private final Instant issued;

    private EncryptionKey sessionKey;
    private KerberosFlags flags = KerberosFlags.NONE.with(TicketFlag.PRE_AUTHENT);
    private Principal client = TestRealm.ALICE;
    private Principal service = TestRealm.SERVICE;
    private Principal namedService;
    private TransitedEncoding transited = new TransitedEncoding(TransitedEncoding.DOMAIN_X500_COMPRESS, octets(""));
    private Instant startTime;
    private Instant endTime;
    private Instant renewTill;
    private List<HostAddress> addresses = List.of();
    private AuthorizationData authorizationData = AuthorizationData.NONE;
    private int keyVersion = TestRealm.KVNO;
    private OptionalLong namedVersion = OptionalLong.of(TestRealm.KVNO);
    private int usage = Ticket.KEY_USAGE;
    private UnaryOperator<byte[]> plaintext = UnaryOperator.identity();

    ForgedTicket(TestRealm realm) {
        this.realm = realm;
        this.sessionKey = EncryptionKey.generate(realm.type, realm.random);
        this.issued = realm.now().truncatedTo(ChronoUnit.SECONDS).minus(10, ChronoUnit.MINUTES);
        this.startTime = issued;
        this.endTime = issued.plus(Duration.ofHours(8));
    }

    static Octets octets(String text) {
        return Octets.of(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    ForgedRequest request() {
        return new ForgedRequest(this);
    }

    ForgedTicket sessionType(EncryptionType type) {
        sessionKey = EncryptionKey.generate(type, realm.random);
        return this;
    }

    ForgedTicket flag(TicketFlag flag) {
        flags = flags.with(flag);
        return this;
    }

    ForgedTicket client(String text) {
        client = TestRealm.principal(text);
        return this;
    }

    ForgedTicket client(Principal named) {
        client = named;
        return this;
    }

    ForgedTicket service(String text) {
        service = TestRealm.principal(text);
        return this;
    }

    /** Names another service where it is not encrypted. */
    ForgedTicket namedService(String text) {
        namedService = TestRealm.principal(text);
        return this;
    }

    ForgedTicket transited(int type, String contents) {
        transited = new TransitedEncoding(type, octets(contents));
        return this;
    }

    ForgedTicket startTime(Instant time) {
        startTime = time;
        return this;
    }

    ForgedTicket endTime(Instant time) {
        endTime = time;
        return this;
    }

    ForgedTicket renewTill(Instant time) {
        renewTill = time;
        return this;
    }

    ForgedTicket addresses(HostAddress... allowed) {
        addresses = List.of(allowed);
        return this;
    }

    ForgedTicket authorizationData(AuthorizationData data) {
        authorizationData = data;
        return this;
    }

    /** Encrypts in a version of the service's key. */
    ForgedTicket keyVersion(int kvno) {
        keyVersion = kvno;
        return this;
    }

    /** Names a version of the service's key, whatever the ticket is encrypted in. */
    ForgedTicket namedVersion(OptionalLong kvno) {
        namedVersion = kvno;
        return this;
    }

    ForgedTicket usage(int keyUsage) {
        usage = keyUsage;
        return this;
    }

    /** Changes what is encrypted. */
    ForgedTicket plaintext(UnaryOperator<byte[]> change) {
        plaintext = change;
        return this;
    }

    EncryptionKey sessionKey() {
        return sessionKey;
    }

    Principal client() {
        return client;
    }

    Instant authTime() {
        return issued;
    }

    Instant endTime() {
        return endTime;
    }

    Ticket seal() {
        EncTicketPart part = new EncTicketPart(
                flags,
                sessionKey,
                client,
                transited,
                issued,
                startTime,
                endTime,
                renewTill,
                addresses,
                authorizationData);
        EncryptionKey key = realm.serviceKey(keyVersion);
        EncryptedData sealed = EncryptedData.seal(key, usage, plaintext.apply(part.encode()), realm.random);
        return new Ticket(
                namedService == null ? service : namedService,
                new EncryptedData(sealed.etype(), namedVersion, sealed.cipher()));
    }

    /** The ticket as the JDK would hold it for the client. */
    KerberosTicket toPlatform() {
        boolean[] set = new boolean[Integer.SIZE];
        for (int i = 0; i < set.length; i++) {
            set[i] = flags.toInt() << i < 0;
        }
        byte[] encoded = seal().encode();
        return sessionKey
                .secret()
                .lend(octets -> new KerberosTicket(
                        encoded,
                        new KerberosPrincipal(client.toString()),
                        new KerberosPrincipal(service.toString()),
                        octets,
                        sessionKey.type().number(),
                        set,
                        Date.from(issued),
                        Date.from(startTime),
                        Date.from(endTime),
                        renewTill == null ? null : Date.from(renewTill),
                        null));
    }
}
