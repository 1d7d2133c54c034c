package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.security.jgss.ExtendedGSSCredential;
import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.MitKdc;
import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.Requires;
import dev.gssbaton.program.WithoutSubject;
import dev.gssbaton.spi.InitialToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosTicket;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A service that goes on in its client's name: what it is offered on the JDK's mechanism, it is on Baton's. */
@Requires({NativePeer.MIT, NativePeer.C_COMPILER})
class DelegationTest {
    private static final String SUBJECT_ALONE = "javax.security.auth.useSubjectCredsOnly";

    private static MitKdc kdc;
    private static Account alice;
    private static Account front;
    private static Account back;
    private static Account other;

    private final Subject client = Login.initiator(alice);
    private final Subject service = Login.both(front);

    @BeforeAll
    static void start() {
        kdc = MitKdc.startDelegating();
        alice = kdc.account("alice");
        front = kdc.account("front/localhost");
        back = kdc.account("back/localhost");
        other = kdc.account("other/localhost");
        kdc.allowImpersonation(front);
        kdc.allowDelegation(front, back);
    }

    @AfterAll
    static void stop() {
        kdc.close();
    }

    /** Where the program's own credential and Subject are while it accepts and while it asks. */
    private enum Way {
        INSIDE,
        ASKED_OUTSIDE_FIRST,
        WITHOUT_A_TICKET,
        WITH_A_CREDENTIAL_TO_ACCEPT,
        WITH_A_CREDENTIAL_FOR_BOTH,
        ACCEPTED_OUTSIDE,
        WITH_ANOTHERS_TICKET,
        ASKED_BEFORE,
        DISPOSED_OF
    }

    /** SPNEGO stands between, and makes no difference of its own. */
    static Stream<Arguments> waysAndMechanisms() {
        return Stream.concat(
                Stream.of(Way.values()).map(way -> Arguments.of(way, FrontEndTest.KRB5)),
                Stream.of(Way.INSIDE, Way.ASKED_OUTSIDE_FIRST, Way.WITH_A_CREDENTIAL_FOR_BOTH)
                        .map(way -> Arguments.of(way, FrontEndTest.SPNEGO)));
    }

    @ParameterizedTest
    @MethodSource("waysAndMechanisms")
    void anAcceptorIsOfferedWhatTheJdkWouldOffer(Way way, Oid mechanism) throws Exception {
        List<String> jdks = answers(Side.JDK, way, mechanism);
        assertEquals(jdks, answers(Side.BATON, way, mechanism));
    }

    private List<String> answers(Side side, Way way, Oid mechanism) throws Exception {
        Subject subject =
                switch (way) {
                    case WITHOUT_A_TICKET -> Login.acceptor(front);
                    case WITH_ANOTHERS_TICKET -> keysOfFrontTicketsOf(back);
                    default -> service;
                };
        GSSCredential credential =
                switch (way) {
                    case WITH_A_CREDENTIAL_TO_ACCEPT, ACCEPTED_OUTSIDE ->
                        credential(side, subject, mechanism, GSSCredential.ACCEPT_ONLY);
                    case WITH_A_CREDENTIAL_FOR_BOTH ->
                        credential(side, subject, mechanism, GSSCredential.INITIATE_AND_ACCEPT);
                    default -> null;
                };
        List<String> answers = new ArrayList<>();
        Subject accepts = way == Way.ACCEPTED_OUTSIDE ? new Subject() : subject;
        GSSContext acceptor = acceptor(side, credential);
        if (way == Way.ASKED_BEFORE) {
            answers.add(said(side, () -> Login.as(subject, acceptor::getCredDelegState)));
            answers.add(said(side, () -> Login.as(subject, acceptor::getDelegCred)));
        }
        establish(side, initiator(side, client, front, mechanism, null), client, acceptor, accepts);
        if (way == Way.ASKED_OUTSIDE_FIRST) {
            answers.add(said(side, acceptor::getCredDelegState));
        }
        if (way == Way.DISPOSED_OF) {
            acceptor.dispose();
        }
        answers.add(said(side, () -> Login.as(subject, acceptor::getCredDelegState)));
        answers.add(said(side, () -> Login.as(subject, () -> facts(acceptor.getDelegCred()))));
        answers.add(
                said(side, () -> facts(acceptor.getDelegCred()))); // it is settled now, and does not need the Subject
        acceptor.dispose();
        return answers;
    }

    private static Subject keysOfFrontTicketsOf(Account account) {
        Subject subject = Login.acceptor(front);
        subject.getPrivateCredentials().addAll(Login.initiator(account).getPrivateCredentials(KerberosTicket.class));
        return subject;
    }

    private static String facts(GSSCredential credential) throws GSSException {
        return credential.getName() + " " + credential.getUsage() + " " + (credential.getRemainingLifetime() > 0) + " "
                + Set.of(credential.getMechs()).equals(Set.of(FrontEndTest.KRB5, FrontEndTest.SPNEGO));
    }

    private static String said(Side side, Callable<Object> question) throws Exception {
        try {
            return String.valueOf(Registration.on(side, question));
        } catch (GSSException e) {
            return e.getMajorString();
        }
    }

    private static GSSCredential credential(Side side, Subject subject, Oid mechanism, int usage) throws Exception {
        return Registration.on(
                side,
                () -> Login.as(subject, () -> GSSManager.getInstance()
                        .createCredential(null, GSSCredential.DEFAULT_LIFETIME, mechanism, usage)));
    }

    private static GSSContext acceptor(Side side, GSSCredential credential) throws Exception {
        return Registration.on(side, () -> GSSManager.getInstance().createContext(credential));
    }

    private static GSSContext initiator(
            Side side, Subject subject, Account target, Oid mechanism, GSSCredential credential) throws Exception {
        GSSContext context = Registration.on(
                side,
                () -> Login.as(subject, () -> {
                    GSSManager manager = GSSManager.getInstance();
                    return manager.createContext(
                            manager.createName(target.principal(), FrontEndTest.oid("1.2.840.113554.1.2.2.1")),
                            mechanism,
                            credential,
                            GSSContext.DEFAULT_LIFETIME);
                }));
        context.requestMutualAuth(true);
        return context;
    }

    private static void establish(
            Side side, GSSContext initiator, Subject initiates, GSSContext acceptor, Subject accepts) throws Exception {
        byte[] token = new byte[0];
        while (!initiator.isEstablished() || !acceptor.isEstablished()) {
            byte[] received = token;
            byte[] sent = Registration.on(
                    side, () -> Login.as(initiates, () -> initiator.initSecContext(received, 0, received.length)));
            token = sent == null
                    ? new byte[0]
                    : Registration.on(
                            side, () -> Login.as(accepts, () -> acceptor.acceptSecContext(sent, 0, sent.length)));
            token = token == null ? new byte[0] : token;
        }
    }

    /** A client's context with the service that goes on in its name. */
    private GSSContext accepted(Side side, Oid mechanism) throws Exception {
        GSSContext acceptor = acceptor(side, null);
        establish(side, initiator(side, client, front, mechanism, null), client, acceptor, service);
        return acceptor;
    }

    /** Initiates with a credential of somebody's to another service. */
    private static GSSContext[] goOn(Side side, Subject subject, GSSCredential credential, Account target)
            throws Exception {
        GSSContext initiator = initiator(side, subject, target, FrontEndTest.KRB5, credential);
        GSSContext acceptor = acceptor(side, null);
        establish(side, initiator, subject, acceptor, Login.acceptor(target));
        assertEquals(side.owner(), WithoutSubject.owner(initiator));
        return new GSSContext[] {initiator, acceptor};
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void withItTheServiceGoesOnInItsClientsName(Side side) throws Exception {
        for (Oid mechanism : List.of(FrontEndTest.KRB5, FrontEndTest.SPNEGO)) {
            GSSContext acceptor = accepted(side, mechanism);
            GSSCredential proxy = Login.as(service, acceptor::getDelegCred);
            acceptor.dispose();
            for (Subject subject : List.of(service, new Subject())) {
                GSSContext[] sides = goOn(side, subject, proxy, back);
                assertEquals(alice.principal(), sides[0].getSrcName().toString());
                assertEquals(alice.principal(), sides[1].getSrcName().toString());
                assertFalse(sides[1].getCredDelegState());
            }
            GSSException refused = assertThrows(GSSException.class, () -> goOn(side, service, proxy, other));
            assertEquals(GSSException.NO_CRED, refused.getMajor());
            assertTrue(refused.getMinorString().contains("(13)"), refused.getMinorString());
        }
    }

    @Test
    void itGoesOnFromTheSubjectThatItIsPutInto() throws Exception {
        GSSContext acceptor = accepted(Side.BATON, FrontEndTest.KRB5);
        GSSCredential proxy = Login.as(service, acceptor::getDelegCred);
        Subject inTheirName = new Subject(false, Set.of(), Set.of(), Set.of(proxy));
        assertEquals(
                alice.principal(),
                goOn(Side.BATON, inTheirName, null, back)[1].getSrcName().toString());
    }

    @Test
    void aContextThatMovesTakesNoneAlong() throws Exception {
        GSSContext acceptor = accepted(Side.BATON, FrontEndTest.KRB5);
        GSSCredential proxy = Login.as(service, acceptor::getDelegCred);
        byte[] token = Baton.contextOf(acceptor).export();
        assertFalse(Login.as(service, acceptor::getCredDelegState));
        assertEquals(
                GSSException.NO_CONTEXT,
                assertThrows(GSSException.class, () -> Login.as(service, acceptor::getDelegCred))
                        .getMajor());
        BatonContext moved = BatonManager.withDefaults().createContext(token);
        assertFalse(Login.as(service, moved::getCredDelegState));
        assertEquals(
                GSSException.NO_CRED,
                assertThrows(GSSException.class, () -> Login.as(service, moved::getDelegCred))
                        .getMajor());
        // It is the application's, and outlives the context.
        assertEquals(
                alice.principal(),
                goOn(Side.BATON, service, proxy, back)[1].getSrcName().toString());
    }

    @Test
    void whatTheClientDelegatedGoesBeforeIt() throws Exception {
        GSSContext initiator = initiator(Side.BATON, client, front, FrontEndTest.KRB5, null);
        initiator.requestCredDeleg(true);
        GSSContext acceptor = acceptor(Side.BATON, null);
        establish(Side.BATON, initiator, client, acceptor, service);
        assertTrue(acceptor.getCredDelegState());
        GSSCredential delegated = acceptor.getDelegCred();
        // No right of the service limits it.
        assertEquals(
                alice.principal(),
                goOn(Side.BATON, new Subject(), delegated, other)[1]
                        .getSrcName()
                        .toString());
    }

    /** Where Baton's acceptor takes no forwarded ticket, as one in clear, none comes in by the JDK's acceptor. */
    @Test
    void aForwardedTicketIsNotTakenFromTheJdk() throws Exception {
        GSSContext initiator = initiator(Side.JDK, client, front, FrontEndTest.KRB5, null);
        initiator.requestCredDeleg(true);
        byte[] request = Login.as(client, () -> initiator.initSecContext(new byte[0], 0, 0));
        ConstrainedDelegation delegation = new ConstrainedDelegation(new PlatformMechanism(FrontEndTest.KRB5), service);
        assertTrue(Login.as(service, () -> {
            delegation.accepted(request);
            return delegation.credential().isEmpty();
        }));
    }

    @Test
    void whatTheJdkDoesNotTakeIsNoCredential() throws Exception {
        ConstrainedDelegation delegation = new ConstrainedDelegation(new PlatformMechanism(FrontEndTest.KRB5), service);
        byte[] garbage = InitialToken.frame(FrontEndTest.KRB5, new byte[] {1, 0, 42});
        assertTrue(Login.as(service, () -> {
            delegation.accepted(garbage);
            return delegation.credential().isEmpty();
        }));
    }

    /** By the JDK's rules: it logs in when it is asked, by the entry for acceptors, which must let it initiate too. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @SuppressWarnings("try") // the entries are there, and that is all
    void withALoginOfJgssToo(boolean isInitiator) throws Exception {
        List<List<String>> answers = new ArrayList<>();
        for (Side side : List.of(Side.JDK, Side.BATON)) {
            GSSContext initiator = initiator(side, client, front, FrontEndTest.KRB5, null);
            byte[] request = Login.as(client, () -> initiator.initSecContext(new byte[0], 0, 0));
            System.setProperty(SUBJECT_ALONE, "false");
            try (JaasEntries entries = JaasEntries.toAccept(front, isInitiator)) {
                GSSContext acceptor = acceptor(side, null);
                Registration.on(side, () -> acceptor.acceptSecContext(request, 0, request.length));
                assertEquals(side.owner(), WithoutSubject.owner(acceptor));
                answers.add(List.of(
                        said(side, acceptor::getCredDelegState), said(side, () -> facts(acceptor.getDelegCred()))));
            } finally {
                System.clearProperty(SUBJECT_ALONE);
            }
        }
        assertEquals(answers.get(0), answers.get(1));
        assertEquals(Boolean.toString(isInitiator), answers.get(0).get(0));
    }

    // In the name of a user who is not there (S4U2self)

    @ParameterizedTest
    @EnumSource(Side.class)
    void aServiceImpersonatesAUserAndGoesOnInTheirName(Side side) throws Exception {
        for (int usage :
                new int[] {GSSCredential.INITIATE_ONLY, GSSCredential.ACCEPT_ONLY, GSSCredential.INITIATE_AND_ACCEPT}) {
            GSSCredential self = credential(side, service, FrontEndTest.KRB5, usage);
            // The JDK's credential has its ticket, so that this needs no Subject.
            GSSCredential impersonating = impersonate(side, self, alice);
            assertEquals(GSSCredential.INITIATE_ONLY, impersonating.getUsage());
            assertEquals(alice.principal(), impersonating.getName().toString());
            for (Subject subject : List.of(service, new Subject())) {
                GSSContext[] sides = goOn(side, subject, impersonating, back);
                assertEquals(alice.principal(), sides[1].getSrcName().toString());
            }
            GSSException refused = assertThrows(GSSException.class, () -> goOn(side, service, impersonating, other));
            assertTrue(refused.getMinorString().contains("(13)"), refused.getMinorString());
        }
    }

    private static GSSCredential impersonate(Side side, GSSCredential self, Account user) throws Exception {
        return Registration.on(side, () -> ((ExtendedGSSCredential) self)
                .impersonate(GSSManager.getInstance()
                        .createName(user.principal(), FrontEndTest.oid("1.2.840.113554.1.2.2.1"))));
    }

    @Test
    void whoMayNotImpersonateGetsTheJdksAnswer() throws Exception {
        Account nobody = new Account(kdc, "nobody", alice.keytab());
        List<List<String>> answers = new ArrayList<>();
        for (Side side : List.of(Side.JDK, Side.BATON)) {
            GSSCredential self = credential(side, service, FrontEndTest.KRB5, GSSCredential.INITIATE_ONLY);
            GSSCredential impersonating = impersonate(side, self, alice);
            GSSCredential accepts =
                    credential(side, Login.acceptor(front), FrontEndTest.KRB5, GSSCredential.ACCEPT_ONLY);
            answers.add(List.of(
                    refusal(() -> impersonate(side, self, nobody)),
                    refusal(() -> impersonate(side, impersonating, alice)),
                    refusal(() -> impersonate(side, accepts, alice))));
        }
        assertEquals(answers.get(0), answers.get(1));
    }

    private static String refusal(Callable<?> question) {
        GSSException refused = assertThrows(GSSException.class, question::call);
        return refused.getMajor() + " " + refused.getMinorString();
    }
}
