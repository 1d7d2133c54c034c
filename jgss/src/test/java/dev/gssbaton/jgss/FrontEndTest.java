package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.security.jgss.ExtendedGSSContext;
import com.sun.security.jgss.InquireType;
import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.mock.Mock;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Login;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.SecretCredential;
import dev.gssbaton.spi.TextName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's own {@link GSSManager} and its contexts, with Baton's mechanisms behind them. */
class FrontEndTest {
    static final Oid KRB5 = oid("1.2.840.113554.1.2.2");
    static final Oid SPNEGO = oid("1.3.6.1.5.5.2");
    private static final Oid PRINCIPAL_NAME = oid("1.2.840.113554.1.2.2.1");

    private final Account user = EmbeddedKdc.shared().account("alice");
    private final Account service = EmbeddedKdc.shared().account("sample/localhost");
    private final Subject userSubject = Login.initiator(user);
    private final Subject serviceSubject = Login.acceptor(service);
    private GSSManager manager;

    @BeforeEach
    void findBaton() throws Exception {
        manager = Registration.on(Side.BATON, GSSManager::getInstance);
    }

    /** Both sides of a context, made by the platform's manager. */
    record Pair(GSSContext initiator, GSSContext acceptor) {}

    private Pair establish(Side initiators, Side acceptors, Oid mechanism) throws Exception {
        GSSContext initiator = Registration.on(initiators, () -> {
            GSSManager own = GSSManager.getInstance();
            GSSName target = own.createName("sample@localhost", GSSName.NT_HOSTBASED_SERVICE);
            return own.createContext(target, mechanism, null, GSSContext.DEFAULT_LIFETIME);
        });
        initiator.requestMutualAuth(true);
        GSSContext acceptor =
                Registration.on(acceptors, () -> GSSManager.getInstance().createContext((GSSCredential) null));
        byte[] token = new byte[0];
        while (!initiator.isEstablished() || !acceptor.isEstablished()) {
            byte[] received = token;
            byte[] sent = Registration.on(
                    initiators,
                    () -> Login.as(userSubject, () -> initiator.initSecContext(received, 0, received.length)));
            token = sent == null
                    ? new byte[0]
                    : Registration.on(
                            acceptors,
                            () -> Login.as(serviceSubject, () -> acceptor.acceptSecContext(sent, 0, sent.length)));
            token = token == null ? new byte[0] : token;
        }
        return new Pair(initiator, acceptor);
    }

    private static void exchange(GSSContext sender, GSSContext receiver) throws GSSException {
        byte[] message = "hello".getBytes(StandardCharsets.UTF_8);
        MessageProp prop = new MessageProp(0, true);
        byte[] token = sender.wrap(message, 0, message.length, prop);
        assertTrue(prop.getPrivacy());
        assertArrayEquals(message, receiver.unwrap(token, 0, token.length, new MessageProp(0, false)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2.840.113554.1.2.2", "1.3.6.1.5.5.2"})
    void aContextIsBatonsAndMovesOnceItIsEstablished(String mechanism) throws Exception {
        Pair pair = establish(Side.BATON, Side.BATON, new Oid(mechanism));
        BatonContext behind = Baton.contextOf(pair.acceptor());
        assertEquals(KRB5, behind.getMech());
        assertEquals(user.principal(), behind.getSrcName().toString());
        exchange(pair.initiator(), pair.acceptor());
        byte[] token = behind.export();
        BatonContext moved = BatonManager.withDefaults().createContext(token);
        exchange(pair.initiator(), moved);
        exchange(moved, pair.initiator());
        GSSException dead = assertThrows(GSSException.class, () -> exchange(pair.acceptor(), pair.initiator()));
        assertEquals(GSSException.NO_CONTEXT, dead.getMajor());
        BatonContext initiator = BatonManager.withDefaults()
                .createContext(Baton.contextOf(pair.initiator()).export());
        exchange(initiator, moved);
        exchange(moved, initiator);
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aPeerOnTheJdksMechanismSeesNoDifference(Side acceptors) throws Exception {
        for (Oid mechanism : List.of(KRB5, SPNEGO)) {
            Side initiators = acceptors == Side.BATON ? Side.JDK : Side.BATON;
            Pair pair = establish(initiators, acceptors, mechanism);
            exchange(pair.initiator(), pair.acceptor());
            exchange(pair.acceptor(), pair.initiator());
            GSSContext jdks = acceptors == Side.BATON ? pair.initiator() : pair.acceptor();
            GSSException refusal = assertThrows(GSSException.class, () -> Baton.contextOf(jdks));
            assertEquals(GSSException.UNAVAILABLE, refusal.getMajor());
            assertTrue(refusal.getMinorString().contains("--add-exports"), refusal.getMinorString());
        }
    }

    @Test
    void everyMechanismOnThePathIsThere() {
        List<Oid> mechanisms = Arrays.asList(manager.getMechs());
        assertTrue(mechanisms.containsAll(List.of(KRB5, SPNEGO, Mock.MECHANISM)), mechanisms.toString());
    }

    @Test
    void anyMechanismWorksWithItsOwnCredentialsInTheSubject() throws Exception {
        GSSContext initiator = manager.createContext(
                manager.createName("bob", GSSName.NT_USER_NAME, Mock.MECHANISM), Mock.MECHANISM, null, 0);
        initiator.requestMutualAuth(true);
        GSSContext acceptor = manager.createContext((GSSCredential) null);
        byte[] token = new byte[0];
        while (!acceptor.isEstablished() || !initiator.isEstablished()) {
            byte[] received = token;
            byte[] sent = Login.as(mockSubject("alice"), () -> initiator.initSecContext(received, 0, received.length));
            token = sent == null
                    ? new byte[0]
                    : Login.as(mockSubject("bob"), () -> acceptor.acceptSecContext(sent, 0, sent.length));
            token = token == null ? new byte[0] : token;
        }
        exchange(initiator, acceptor);
        assertEquals("alice", acceptor.getSrcName().toString());
        BatonContext moved = BatonManager.withDefaults()
                .createContext(Baton.contextOf(acceptor).export());
        exchange(moved, initiator);
    }

    private static Subject mockSubject(String name) throws GSSException {
        TextName text = TextName.parse(Mock.MECHANISM, name, null);
        return new Subject(
                false, Set.of(), Set.of(), Set.of(new SecretCredential(text, SecretBytes.take(new byte[32]))));
    }

    @Test
    void exportOfTheFrontEndGivesNothingAndLeavesTheContextAlone() throws Exception {
        Pair pair = establish(Side.BATON, Side.BATON, KRB5);
        assertFalse(pair.acceptor().isTransferable());
        assertNull(pair.acceptor().export());
        exchange(pair.initiator(), pair.acceptor());
        assertSame(Baton.contextOf(pair.acceptor()), Baton.contextOf(Baton.contextOf(pair.acceptor())));
    }

    @Test
    void aContextThatHasNotStartedHasNothingBehindIt() throws Exception {
        GSSContext context = Login.as(serviceSubject, () -> manager.createContext((GSSCredential) null));
        assertEquals(
                GSSException.UNAVAILABLE,
                assertThrows(GSSException.class, () -> Baton.contextOf(context)).getMajor());
        context.dispose();
        assertThrows(GSSException.class, () -> Baton.contextOf(context));
    }

    @Test
    @SuppressWarnings("deprecation") // KRB5_GET_SESSION_KEY, which the JDK still answers
    void everyInquiryIsAnsweredAsTheJdkDoes() throws Exception {
        Pair pair = establish(Side.JDK, Side.BATON, KRB5);
        ExtendedGSSContext ours = assertInstanceOf(ExtendedGSSContext.class, pair.acceptor());
        ExtendedGSSContext theirs = assertInstanceOf(ExtendedGSSContext.class, pair.initiator());
        assertEquals(
                theirs.inquireSecContext(InquireType.KRB5_GET_SESSION_KEY_EX),
                ours.inquireSecContext(InquireType.KRB5_GET_SESSION_KEY_EX));
        assertArrayEquals(
                ((java.security.Key) theirs.inquireSecContext(InquireType.KRB5_GET_SESSION_KEY)).getEncoded(),
                ((java.security.Key) ours.inquireSecContext(InquireType.KRB5_GET_SESSION_KEY)).getEncoded());
        assertArrayEquals((boolean[]) theirs.inquireSecContext(InquireType.KRB5_GET_TKT_FLAGS), (boolean[])
                ours.inquireSecContext(InquireType.KRB5_GET_TKT_FLAGS));
        assertEquals(
                theirs.inquireSecContext(InquireType.KRB5_GET_AUTHTIME),
                ours.inquireSecContext(InquireType.KRB5_GET_AUTHTIME));
        assertNull(ours.inquireSecContext(InquireType.KRB5_GET_AUTHZ_DATA), "Kerby puts none into tickets");
    }

    @Test
    void theMessageThatDelegatesNeedsAnExport() throws Exception {
        Pair pair = establish(Side.BATON, Side.BATON, KRB5);
        ExtendedGSSContext initiator = assertInstanceOf(ExtendedGSSContext.class, pair.initiator());
        GSSException refusal =
                assertThrows(GSSException.class, () -> initiator.inquireSecContext(InquireType.KRB5_GET_KRB_CRED));
        assertEquals(GSSException.UNAVAILABLE, refusal.getMajor());
        assertTrue(
                refusal.getMinorString().contains("--add-exports java.security.jgss/sun.security.krb5="),
                refusal.getMinorString());
        exchange(pair.initiator(), pair.acceptor());
    }

    @Test
    void namesAreThoseOfTheJdk() throws Exception {
        GSSManager jdk = GSSManager.getInstance();
        for (Oid type : List.of(GSSName.NT_USER_NAME, GSSName.NT_HOSTBASED_SERVICE, PRINCIPAL_NAME)) {
            String text = type.equals(GSSName.NT_HOSTBASED_SERVICE) ? "sample@localhost" : user.principal();
            GSSName ours = manager.createName(text, type, KRB5);
            GSSName theirs = jdk.createName(text, type, KRB5);
            assertEquals(theirs.toString(), ours.toString());
            assertArrayEquals(theirs.export(), ours.export());
            assertTrue(ours.equals(theirs));
            assertEquals(ours, manager.createName(theirs.export(), GSSName.NT_EXPORT_NAME));
            assertEquals(ours, manager.createName(text.getBytes(StandardCharsets.UTF_8), type));
            assertEquals(theirs.toString(), ours.canonicalize(KRB5).toString());
        }
    }

    @Test
    @Deprecated
    void streamsTakeWhatIsAvailable() throws Exception {
        Pair pair = establish(Side.BATON, Side.BATON, KRB5);
        byte[] message = "hello".getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream token = new ByteArrayOutputStream();
        pair.initiator().wrap(new ByteArrayInputStream(message), token, new MessageProp(0, true));
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        pair.acceptor().unwrap(new ByteArrayInputStream(token.toByteArray()), received, new MessageProp(0, true));
        assertArrayEquals(message, received.toByteArray());
        ByteArrayOutputStream mic = new ByteArrayOutputStream();
        pair.acceptor().getMIC(new ByteArrayInputStream(message), mic, new MessageProp(0, true));
        pair.initiator()
                .verifyMIC(
                        new ByteArrayInputStream(mic.toByteArray()),
                        new ByteArrayInputStream(message),
                        new MessageProp(0, true));
    }

    static Oid oid(String dotted) {
        return dev.gssbaton.spi.Mechanism.oid(dotted);
    }
}
