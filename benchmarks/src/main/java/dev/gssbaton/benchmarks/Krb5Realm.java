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
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Predicate;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosKey;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KerberosTicket;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;

/**
 * A client, a service and the ticket between them, as a KDC would have given it, but without one: everything behind the
 * ticket is the real exchange.
 */
final class Krb5Realm {
    private static final String REALM = "EXAMPLE.TEST";
    private static final Principal CLIENT = Principal.parse("alice@" + REALM, PrincipalName.NT_PRINCIPAL);
    private static final Principal SERVICE =
            Principal.parse("HTTP/www.example.test@" + REALM, PrincipalName.NT_PRINCIPAL);
    private static final int KVNO = 1;

    private final Mechanism mechanism =
            find(Mechanism.class, found -> found.name().equals("krb5"));
    private final Subject client;
    private final Subject service;

    /**
     * Makes the ticket.
     *
     * @param enctype the name of the encryption type of all keys
     */
    Krb5Realm(String enctype) {
        SecureRandom random = new SecureRandom();
        EncryptionType type = EncryptionType.named(enctype).orElseThrow();
        EncryptionKey serviceKey = EncryptionKey.generate(type, random);
        EncryptionKey sessionKey = EncryptionKey.generate(type, random);
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(60);
        Instant end = start.plus(Duration.ofHours(10));
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
        EncryptedData sealed = EncryptedData.seal(serviceKey, Ticket.KEY_USAGE, part.encode(), random);
        byte[] ticket =
                new Ticket(SERVICE, new EncryptedData(sealed.etype(), OptionalLong.of(KVNO), sealed.cipher())).encode();
        KerberosPrincipal clientName = new KerberosPrincipal(CLIENT.toString());
        KerberosPrincipal serviceName = new KerberosPrincipal(SERVICE.toString());
        KerberosTicket platformTicket = sessionKey
                .secret()
                .lend(octets -> new KerberosTicket(
                        ticket,
                        clientName,
                        serviceName,
                        octets,
                        type.number(),
                        new boolean[Integer.SIZE],
                        Date.from(start),
                        Date.from(start),
                        Date.from(end),
                        null,
                        null));
        KerberosKey platformKey =
                serviceKey.secret().lend(octets -> new KerberosKey(serviceName, octets, type.number(), KVNO));
        client = new Subject(false, Set.of(clientName), Set.of(), Set.of(platformTicket));
        service = new Subject(false, Set.of(serviceName), Set.of(), Set.of(platformKey));
    }

    /** Establishes a context through a manager, and gives the acceptor's side. */
    BatonContext accept(BatonManager manager) throws GSSException {
        GSSName target = target();
        BatonContext initiator = manager.createContext(target, null, null, 0);
        BatonContext acceptor = manager.createContext(credential(target));
        byte[] request = CurrentSubject.call(client, () -> initiator.initSecContext(new byte[0], 0, 0));
        byte[] reply = acceptor.acceptSecContext(request, 0, request.length);
        initiator.initSecContext(reply, 0, reply.length);
        initiator.dispose();
        return acceptor;
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

    /** Finds the mechanism's exporter. */
    ContextExporter exporter() {
        return find(ContextExporter.class, found -> found.mechanism().equals(mechanism.oid()));
    }

    private static <S> S find(Class<S> service, Predicate<S> wanted) {
        return ServiceLoader.load(service).stream()
                .map(ServiceLoader.Provider::get)
                .filter(wanted)
                .findAny()
                .orElseThrow();
    }

    private GSSName target() throws GSSException {
        return mechanism.name(SERVICE.toString(), null);
    }

    private Krb5Credential credential(GSSName target) throws GSSException {
        return CurrentSubject.call(service, () -> Krb5Credential.fromCurrentSubject(target, GSSCredential.ACCEPT_ONLY));
    }
}
