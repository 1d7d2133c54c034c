package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.security.jgss.InquireType;
import dev.gssbaton.krb5.credential.AcceptorOptions;
import dev.gssbaton.krb5.credential.Krb5Details;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.TicketFlag;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.MechanismContext;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Our initiator with our acceptor. */
class EstablishTest {
    private static final byte[] MESSAGE = "a message".getBytes(StandardCharsets.UTF_8);

    static Stream<Arguments> typesAndServices() {
        List<Set<ContextFlag>> services = new ArrayList<>(List.of(EnumSet.of(ContextFlag.INTEG)));
        for (ContextFlag flag :
                List.of(ContextFlag.MUTUAL, ContextFlag.REPLAY, ContextFlag.SEQUENCE, ContextFlag.CONF)) {
            for (Set<ContextFlag> without : List.copyOf(services)) {
                Set<ContextFlag> with = EnumSet.copyOf(without);
                with.add(flag);
                services.add(with);
            }
        }
        return Stream.of(EncryptionType.values())
                .flatMap(type -> services.stream().map(asked -> Arguments.of(type, asked)));
    }

    @ParameterizedTest
    @MethodSource("typesAndServices")
    void both_sides_agree_and_understand_each_other(EncryptionType type, Set<ContextFlag> asked) throws Exception {
        TestRealm realm = new TestRealm(type);
        MechanismContext initiator = realm.initiator(asked);
        MechanismContext acceptor = realm.acceptor();
        assertTrue(initiator.isInitiator());
        assertFalse(acceptor.isInitiator());
        byte[] request = initiator.step(new byte[0], 0, 0);
        assertEquals(!asked.contains(ContextFlag.MUTUAL), initiator.isEstablished());
        byte[] reply = acceptor.step(request, 0, request.length);
        assertTrue(acceptor.isEstablished());
        if (asked.contains(ContextFlag.MUTUAL)) {
            assertNull(initiator.step(reply, 0, reply.length));
        } else {
            assertNull(reply);
        }
        for (MechanismContext side : List.of(initiator, acceptor)) {
            assertTrue(side.isEstablished() && side.isProtectionReady());
            assertEquals(granted(type, asked), side.flags());
            assertEquals("alice@EXAMPLE.TEST", side.sourceName().toString());
            assertEquals("HTTP/www.example.test@EXAMPLE.TEST", side.targetName().toString());
        }
        for (boolean privacy : List.of(false, seals(type, asked))) {
            exchange(initiator, acceptor, privacy);
            exchange(acceptor, initiator, privacy);
        }
    }

    /** Under rc4-hmac there is no confidentiality without mutual authentication. */
    static boolean seals(EncryptionType type, Set<ContextFlag> asked) {
        return type.isOfRfc4121() || asked.contains(ContextFlag.MUTUAL);
    }

    private static Set<ContextFlag> granted(EncryptionType type, Set<ContextFlag> asked) {
        Set<ContextFlag> granted = EnumSet.copyOf(asked);
        if (!seals(type, asked)) {
            granted.remove(ContextFlag.CONF);
        }
        return granted;
    }

    /** Sends a wrap token, between arrays and between buffers, and a MIC. */
    static void exchange(MechanismContext from, MechanismContext to, boolean privacy) throws GSSException {
        byte[] token = from.wrap(MESSAGE, 0, MESSAGE.length, new MessageProp(0, privacy));
        assertEquals(from.wrapSize(MESSAGE.length, new MessageProp(0, privacy)), token.length);
        MessageProp prop = new MessageProp(0, !privacy);
        assertArrayEquals(MESSAGE, to.unwrap(token, 0, token.length, prop));
        assertInOrder(prop);
        assertEquals(privacy, prop.getPrivacy());

        ByteBuffer buffer = ByteBuffer.allocate(token.length);
        from.wrap(ByteBuffer.wrap(MESSAGE), buffer, new MessageProp(0, privacy));
        ByteBuffer message = ByteBuffer.allocate(token.length);
        to.unwrap(buffer.flip(), message, prop);
        assertEquals(ByteBuffer.wrap(MESSAGE), message.flip());
        assertInOrder(prop);

        byte[] mic = from.getMIC(MESSAGE, 0, MESSAGE.length, new MessageProp(0, false));
        assertEquals(from.micSize(new MessageProp(0, false)), mic.length);
        to.verifyMIC(mic, 0, mic.length, MESSAGE, 0, MESSAGE.length, prop);
        assertInOrder(prop);
        ByteBuffer micBuffer = ByteBuffer.allocate(mic.length);
        from.getMIC(ByteBuffer.wrap(MESSAGE), micBuffer, new MessageProp(0, false));
        to.verifyMIC(micBuffer.flip(), ByteBuffer.wrap(MESSAGE), prop);
        assertInOrder(prop);
    }

    private static void assertInOrder(MessageProp prop) {
        assertFalse(prop.isDuplicateToken() || prop.isGapToken() || prop.isOldToken() || prop.isUnseqToken());
    }

    @Test
    void an_acceptor_may_leave_its_subkey_out() throws Exception {
        TestRealm realm = TestRealm.aes256();
        realm.options(AcceptorOptions.DEFAULT.allowing(AcceptorOptions.Relaxation.NO_ACCEPTOR_SUBKEY));
        TestRealm.Pair pair = realm.establish(TestRealm.USUAL);
        assertNull(((Krb5Context) pair.acceptor()).state().keys().acceptorSubkey());
        assertNull(((Krb5Context) pair.initiator()).state().keys().acceptorSubkey());
        exchange(pair.initiator(), pair.acceptor(), true);
        exchange(pair.acceptor(), pair.initiator(), true);
        // All contexts of a ticket would have one key if neither side asserted one.
        byte[] withoutSubkey = realm.request().noSubkey().flags(TestRealm.USUAL).token();
        assertNotNull(((Krb5Context) realm.accept(withoutSubkey)).state().keys().acceptorSubkey());
    }

    @Test
    void nothing_is_known_before_the_first_step() throws Exception {
        for (MechanismContext side : List.of(
                TestRealm.aes256().initiator(TestRealm.USUAL),
                TestRealm.aes256().acceptor())) {
            assertFalse(side.isEstablished());
            assertFalse(side.isProtectionReady());
            assertNull(side.sourceName());
            assertNull(side.targetName());
            assertEquals(Set.of(), side.flags());
            assertEquals(Instant.MAX, side.expiry());
            assertNull(side.delegatedCredential());
            assertTrue(side.details(Krb5Details.class).isEmpty());
            side.erase();
            side.erase();
        }
    }

    @ParameterizedTest
    @EnumSource(EncryptionType.class)
    @SuppressWarnings("deprecation") // KRB5_GET_SESSION_KEY
    void inquiries_are_answered_in_the_types_that_the_platform_names(EncryptionType type) throws Exception {
        TestRealm realm = new TestRealm(type);
        ForgedTicket ticket = realm.ticket()
                .flag(TicketFlag.FORWARDABLE)
                .renewTill(realm.now().plusSeconds(100_000));
        TestRealm.Pair pair = TestRealm.establish(realm.initiator(ticket, TestRealm.USUAL, null), realm.acceptor());
        Key ours = (Key) pair.initiator().inquire(InquireType.KRB5_GET_SESSION_KEY);
        Key theirs = (Key) pair.acceptor().inquire(InquireType.KRB5_GET_SESSION_KEY);
        assertEquals(Integer.toString(type.number()), ours.getAlgorithm());
        assertEquals("RAW", ours.getFormat());
        assertEquals(type.keySize(), ours.getEncoded().length);
        assertArrayEquals(ours.getEncoded(), theirs.getEncoded());
        for (MechanismContext side : List.of(pair.initiator(), pair.acceptor())) {
            javax.security.auth.kerberos.EncryptionKey key =
                    (javax.security.auth.kerberos.EncryptionKey) side.inquire(InquireType.KRB5_GET_SESSION_KEY_EX);
            assertEquals(type.number(), key.getKeyType());
            assertArrayEquals(ours.getEncoded(), key.getEncoded());
            boolean[] flags = (boolean[]) side.inquire(InquireType.KRB5_GET_TKT_FLAGS);
            for (int i = 0; i < flags.length; i++) {
                assertEquals(
                        i == TicketFlag.FORWARDABLE.bitNumber() || i == TicketFlag.PRE_AUTHENT.bitNumber(),
                        flags[i],
                        "flag " + i);
            }
            String time = (String) side.inquire(InquireType.KRB5_GET_AUTHTIME);
            assertTrue(time.matches("\\d{14}Z"), time);
            Krb5Details details = side.details(Krb5Details.class).orElseThrow();
            assertEquals(type.number(), details.encryptionType());
            assertEquals(ticket.authTime(), details.authTime());
            assertEquals(ticket.endTime(), details.endTime());
            assertEquals(time, kerberosTime(details.authTime()));
            assertTrue(details.hasTicketFlag(TicketFlag.FORWARDABLE.bitNumber()));
            GSSException e = assertThrows(GSSException.class, () -> side.inquire(InquireType.KRB5_GET_KRB_CRED));
            assertEquals(GSSException.UNAVAILABLE, e.getMajor());
        }
        GSSException e =
                assertThrows(GSSException.class, () -> pair.initiator().inquire(InquireType.KRB5_GET_AUTHZ_DATA));
        assertEquals(GSSException.UNAVAILABLE, e.getMajor());
    }

    private static String kerberosTime(Instant time) {
        return time.toString().replaceAll("[-:T]", "");
    }

    @Test
    void erasing_closes_every_key() throws Exception {
        TestRealm.Pair pair = TestRealm.aes256().establish(TestRealm.USUAL);
        exchange(pair.initiator(), pair.acceptor(), true);
        for (MechanismContext side : List.of(pair.initiator(), pair.acceptor())) {
            ContextKeys keys = ((Krb5Context) side).state().keys();
            side.erase();
            side.erase();
            for (EncryptionKey key :
                    List.of(keys.sessionKey(), keys.initiatorSubkey(), keys.acceptorSubkey(), keys.baseKey())) {
                assertTrue(key.secret().isDestroyed());
            }
        }
    }

    @Test
    void erasing_a_half_established_context_closes_what_there_is() throws Exception {
        MechanismContext initiator = TestRealm.aes256().initiator(TestRealm.USUAL);
        initiator.step(new byte[0], 0, 0);
        initiator.erase();
        assertFalse(initiator.isEstablished());
    }

    @Test
    void no_key_stands_in_a_text() throws Exception {
        TestRealm.Pair pair = TestRealm.aes256().establish(TestRealm.USUAL);
        assertEquals("Krb5Context[initiator]", pair.initiator().toString());
        assertEquals("Krb5Context[acceptor]", pair.acceptor().toString());
    }
}
