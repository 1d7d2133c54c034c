package dev.gssbaton.benchmarks;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.krb5.credential.Krb5Credential;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.EncTicketPart;
import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.PrincipalName;
import dev.gssbaton.krb5.message.Ticket;
import dev.gssbaton.krb5.message.TransitedEncoding;
import dev.gssbaton.krb5.ticket.CurrentSubject;
import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.SecretBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Predicate;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.kerberos.KerberosKey;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KerberosTicket;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/**
 * A client, a service and the ticket between them, as a KDC would have given it, but without one: everything behind the
 * ticket is the real exchange.
 */
final class Krb5Realm {
    static final String REALM = "EXAMPLE.TEST";
    static final Principal CLIENT = Principal.parse("alice@" + REALM, PrincipalName.NT_PRINCIPAL);
    static final int KVNO = 1;
    private static final Principal TICKET_GRANTING =
            Principal.parse("krbtgt/" + REALM + "@" + REALM, PrincipalName.NT_SRV_INST);
    private static final String PROTOCOL = "HTTP";
    private static final String KRB5_CONF = """
            [libdefaults]
              default_realm = %1$s
              dns_lookup_kdc = false
              dns_lookup_realm = false
              dns_canonicalize_hostname = false
              rdns = false
              allow_weak_crypto = true
              allow_rc4 = true
            [realms]
              %1$s = {
                kdc = 127.0.0.1:1
              }
            [domain_realm]
              .example.test = %1$s
            """.formatted(REALM);

    private final Mechanism mechanism =
            find(Mechanism.class, found -> found.name().equals("krb5"));
    private final SecureRandom random = new SecureRandom();
    private final EncryptionType type;
    private final Principal service;
    private final EncryptionKey serviceKey;
    private final EncryptionKey sessionKey;
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(60);
    private final Instant end = start.plus(Duration.ofHours(10));
    private final byte[] ticket;
    private final Subject client;
    private final Subject server;

    /**
     * Makes the ticket.
     *
     * @param enctype the name of the encryption type of all keys
     */
    Krb5Realm(String enctype) {
        type = EncryptionType.named(enctype).orElseThrow();
        service = Principal.parse(serviceName(enctype), PrincipalName.NT_PRINCIPAL);
        serviceKey = EncryptionKey.generate(type, random);
        sessionKey = EncryptionKey.generate(type, random);
        ticket = ticketFor(service, serviceKey);
        KerberosPrincipal clientName = new KerberosPrincipal(CLIENT.toString());
        KerberosPrincipal serverName = new KerberosPrincipal(service.toString());
        // The JDK wants to see a ticket-granting ticket, though it has no use for it.
        byte[] ticketGranting = ticketFor(TICKET_GRANTING, EncryptionKey.generate(type, random));
        client = new Subject(
                false,
                Set.of(clientName),
                Set.of(),
                Set.of(platformTicket(ticket, service), platformTicket(ticketGranting, TICKET_GRANTING)));
        KerberosKey platformKey =
                serviceKey.secret().lend(octets -> new KerberosKey(serverName, octets, type.number(), KVNO));
        server = new Subject(false, Set.of(serverName), Set.of(), Set.of(platformKey));
    }

    private static String serviceName(String enctype) {
        return PROTOCOL + "/" + hostName(enctype) + "@" + REALM;
    }

    private static String hostName(String enctype) {
        return enctype + ".example.test";
    }

    private byte[] ticketFor(Principal server, EncryptionKey key) {
        EncTicketPart part = new EncTicketPart(
                KerberosFlags.NONE,
                sessionKey,
                CLIENT,
                new TransitedEncoding(TransitedEncoding.DOMAIN_X500_COMPRESS, Octets.of(new byte[0])),
                start,
                start,
                end,
                null,
                List.of(),
                AuthorizationData.NONE);
        EncryptedData sealed = EncryptedData.seal(key, Ticket.KEY_USAGE, part.encode(), random);
        return new Ticket(server, new EncryptedData(sealed.etype(), OptionalLong.of(KVNO), sealed.cipher())).encode();
    }

    private KerberosTicket platformTicket(byte[] octets, Principal server) {
        return sessionKey
                .secret()
                .lend(key -> new KerberosTicket(
                        octets,
                        new KerberosPrincipal(CLIENT.toString()),
                        new KerberosPrincipal(server.toString()),
                        key,
                        type.number(),
                        new boolean[Integer.SIZE],
                        Date.from(start),
                        Date.from(start),
                        Date.from(end),
                        null,
                        null));
    }

    /** Both ends of an established context, whoever makes it. */
    record Pair(GSSContext initiator, GSSContext acceptor) {
        void dispose() throws GSSException {
            initiator.dispose();
            acceptor.dispose();
        }
    }

    /** Establishes a context through Baton. */
    Pair baton(BatonManager manager) throws GSSException {
        GSSName target = target();
        return established(
                manager.createContext(target, null, null, 0),
                manager.createContext(credential(target)),
                client,
                server);
    }

    /** Both ends of a SASL connection of the JDK's. */
    record Connection(SaslClient client, SaslServer server) {
        /** Lets the client send a message, and gives what the server reads. */
        byte[] exchange(byte[] message) throws SaslException {
            byte[] token = client.wrap(message, 0, message.length);
            return server.unwrap(token, 0, token.length);
        }

        void dispose() throws SaslException {
            client.dispose();
            server.dispose();
        }
    }

    /** Authenticates by the JDK's SASL with encryption, on whatever mechanism is registered. */
    Connection sasl() throws GSSException, IOException {
        Map<String, String> encrypted = Map.of(Sasl.QOP, "auth-conf", Sasl.SERVER_AUTH, "true");
        String host = hostName(type.rfcName());
        Connection made = new Connection(
                saslCall(
                        client,
                        () -> Sasl.createSaslClient(
                                new String[] {"GSSAPI"}, null, PROTOCOL, host, encrypted, callbacks -> {})),
                saslCall(
                        server,
                        () -> Sasl.createSaslServer("GSSAPI", PROTOCOL, host, encrypted, callbacks -> {
                            for (Callback callback : callbacks) {
                                ((AuthorizeCallback) callback).setAuthorized(true);
                            }
                        })));
        byte[] response = saslCall(client, () -> made.client().evaluateChallenge(new byte[0]));
        while (!made.server().isComplete()) {
            byte[] said = response;
            byte[] challenge = saslCall(server, () -> made.server().evaluateResponse(said));
            if (!made.client().isComplete()) {
                response = saslCall(client, () -> made.client().evaluateChallenge(challenge));
            }
        }
        return made;
    }

    @FunctionalInterface
    private interface SaslCall<T> {
        T call() throws SaslException;
    }

    private static <T> T saslCall(Subject subject, SaslCall<T> call) throws GSSException, IOException {
        try {
            return CurrentSubject.call(subject, () -> {
                try {
                    return call.call();
                } catch (SaslException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Establishes a context through the JDK's own Kerberos. */
    Pair platform() throws GSSException {
        GSSManager manager = GSSManager.getInstance();
        GSSName target = target();
        GSSContext acceptor = CurrentSubject.call(
                server,
                () -> manager.createContext(manager.createCredential(
                        target, GSSCredential.INDEFINITE_LIFETIME, mechanism.oid(), GSSCredential.ACCEPT_ONLY)));
        return established(
                manager.createContext(target, mechanism.oid(), null, GSSContext.DEFAULT_LIFETIME),
                acceptor,
                client,
                server);
    }

    /**
     * Establishes a context through the C library behind the JDK's native bridge, with the credentials in its environment
     * ({@link NativeCredentials}).
     */
    static Pair library(String enctype) throws GSSException {
        GSSManager manager = GSSManager.getInstance();
        Oid krb5 = new Oid("1.2.840.113554.1.2.2");
        GSSName target = manager.createName(serviceName(enctype), new Oid("1.2.840.113554.1.2.2.1"));
        return established(
                manager.createContext(target, krb5, null, GSSContext.DEFAULT_LIFETIME),
                manager.createContext((GSSCredential) null),
                new Subject(),
                new Subject());
    }

    private static Pair established(GSSContext initiator, GSSContext acceptor, Subject client, Subject server)
            throws GSSException {
        initiator.requestMutualAuth(true);
        initiator.requestReplayDet(true);
        initiator.requestSequenceDet(true);
        initiator.requestConf(true);
        initiator.requestInteg(true);
        byte[] request = CurrentSubject.call(client, () -> initiator.initSecContext(new byte[0], 0, 0));
        byte[] reply = CurrentSubject.call(server, () -> acceptor.acceptSecContext(request, 0, request.length));
        CurrentSubject.call(client, () -> initiator.initSecContext(reply, 0, reply.length));
        return new Pair(initiator, acceptor);
    }

    /** Establishes a context through a manager, and gives the acceptor's side. */
    BatonContext accept(BatonManager manager) throws GSSException {
        Pair pair = baton(manager);
        pair.initiator().dispose();
        return (BatonContext) pair.acceptor();
    }

    /** Establishes a context without a manager, and gives the acceptor's side. */
    MechanismContext accept(Environment environment) throws GSSException {
        GSSName target = target();
        MechanismContext acceptor = mechanism.acceptor(new AcceptorRequest(credential(target), null), environment);
        MechanismContext initiator = CurrentSubject.call(
                client,
                () -> mechanism.initiator(
                        new InitiatorRequest(target, null, 0, EnumSet.of(ContextFlag.MUTUAL), null), environment));
        byte[] request = CurrentSubject.call(client, () -> initiator.step(new byte[0], 0, 0));
        acceptor.step(request, 0, request.length);
        initiator.erase();
        return acceptor;
    }

    /** Finds the mechanism's exporter for a format. */
    ContextExporter exporter(String format) {
        return find(
                ContextExporter.class,
                found -> found.mechanism().equals(mechanism.oid())
                        && found.format().equals(format));
    }

    EncryptionType type() {
        return type;
    }

    Principal service() {
        return service;
    }

    SecretBytes serviceKey() {
        return serviceKey.secret();
    }

    SecretBytes sessionKey() {
        return sessionKey.secret();
    }

    Instant start() {
        return start;
    }

    Instant end() {
        return end;
    }

    byte[] ticket() {
        return ticket.clone();
    }

    /**
     * Writes a krb5.conf that names the realm and no KDC that answers.
     *
     * @param folder where it goes
     * @return the file
     */
    static Path writeConfiguration(Path folder) throws IOException {
        return Files.writeString(folder.resolve("krb5.conf"), KRB5_CONF);
    }

    private static <S> S find(Class<S> service, Predicate<S> wanted) {
        return ServiceLoader.load(service).stream()
                .map(ServiceLoader.Provider::get)
                .filter(wanted)
                .findAny()
                .orElseThrow();
    }

    private GSSName target() throws GSSException {
        return mechanism.name(service.toString(), null);
    }

    private Krb5Credential credential(GSSName target) throws GSSException {
        return CurrentSubject.call(server, () -> Krb5Credential.fromCurrentSubject(target, GSSCredential.ACCEPT_ONLY));
    }
}
