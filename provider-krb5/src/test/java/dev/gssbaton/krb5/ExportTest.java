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
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.EncKrbCredPart;
import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.HostAddress;
import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.KrbCred;
import dev.gssbaton.krb5.message.KrbCredInfo;
import dev.gssbaton.krb5.message.TicketFlag;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.TransferFault;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Contexts that are written, read and go on. */
class ExportTest {
    private static final byte[] MESSAGE = "a message".getBytes(StandardCharsets.UTF_8);

    private final TestRealm realm = TestRealm.aes256();
    private final Environment environment = realm.environment();

    @ParameterizedTest
    @MethodSource("dev.gssbaton.krb5.EstablishTest#typesAndServices")
    void rfc2743_2_2_9_both_sides_go_on_after_any_chain_of_moves(EncryptionType type, Set<ContextFlag> asked)
            throws Exception {
        TestRealm own = new TestRealm(type);
        TestRealm.Pair pair = own.establish(asked);
        MechanismContext initiator = pair.initiator();
        MechanismContext acceptor = pair.acceptor();
        boolean sealed = EstablishTest.seals(type, asked);
        for (int i = 0; i < 3; i++) {
            EstablishTest.exchange(initiator, acceptor, sealed);
            acceptor = ExportedState.move(acceptor, own.environment());
            EstablishTest.exchange(acceptor, initiator, sealed);
            initiator = ExportedState.move(initiator, own.environment());
            EstablishTest.exchange(initiator, acceptor, false);
        }
    }

    @Test
    void rfc2743_2_2_9_the_read_context_is_functionally_identical() throws Exception {
        AuthorizationData data = AcceptorCheckTest.ifRelevant(
                AcceptorCheckTest.element(AuthorizationData.AD_WIN2K_PAC, new ForgedPac(realm.ticket()).sign()));
        realm.options(AcceptorOptions.DEFAULT.withClockSkew(Duration.ofMillis(12_345)));
        ForgedTicket ticket = realm.ticket()
                .authorizationData(data)
                .flag(TicketFlag.FORWARDABLE)
                .renewTill(realm.now().plus(Duration.ofDays(7)));
        TestRealm.Pair pair = TestRealm.establish(realm.initiator(ticket, TestRealm.USUAL, null), realm.acceptor());
        assertTrue(pair.acceptor().details(Krb5Details.class).orElseThrow().pacVerified());
        for (MechanismContext before : List.of(pair.initiator(), pair.acceptor())) {
            MechanismContext after = ExportedState.read(ExportedState.write(before), environment);
            assertTrue(after.isEstablished() && after.isProtectionReady());
            assertEquals(before.isInitiator(), after.isInitiator());
            assertEquals(before.flags(), after.flags());
            assertEquals(before.sourceName(), after.sourceName());
            assertEquals(before.targetName(), after.targetName());
            assertEquals(before.sourceName().toString(), after.sourceName().toString());
            assertEquals(before.expiry(), after.expiry());
            assertEquals(before.details(Krb5Details.class), after.details(Krb5Details.class));
            assertArrayEquals((boolean[]) before.inquire(InquireType.KRB5_GET_TKT_FLAGS), (boolean[])
                    after.inquire(InquireType.KRB5_GET_TKT_FLAGS));
            assertEquals(
                    before.inquire(InquireType.KRB5_GET_SESSION_KEY_EX),
                    after.inquire(InquireType.KRB5_GET_SESSION_KEY_EX));
            assertEquals(before.inquire(InquireType.KRB5_GET_AUTHTIME), after.inquire(InquireType.KRB5_GET_AUTHTIME));
            assertArrayEquals(ExportedState.write(before), ExportedState.write(after));
        }
    }

    @Test
    void messages_in_flight_arrive_and_a_gap_stays_a_gap() throws Exception {
        TestRealm.Pair pair = realm.establish(TestRealm.USUAL);
        byte[][] tokens = new byte[6][];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = pair.initiator().wrap(MESSAGE, 0, MESSAGE.length, new MessageProp(0, true));
        }
        MechanismContext acceptor = pair.acceptor();
        assertState("", acceptor, tokens[0]);
        assertState("gap", acceptor, tokens[3]);
        acceptor = ExportedState.move(acceptor, environment);
        assertState("duplicate", acceptor, tokens[0]);
        assertState("duplicate", acceptor, tokens[3]);
        assertState("unsequenced", acceptor, tokens[1]);
        assertState("", acceptor, tokens[4]);
        acceptor = ExportedState.move(acceptor, environment);
        assertState("duplicate", acceptor, tokens[1]);
        assertState("unsequenced", acceptor, tokens[2]);
        assertState("", acceptor, tokens[5]);
        MechanismContext initiator = ExportedState.move(pair.initiator(), environment);
        assertState("", acceptor, initiator.wrap(MESSAGE, 0, MESSAGE.length, new MessageProp(0, true)));
        MechanismContext moved = ExportedState.move(acceptor, environment);
        for (byte[] token : tokens) {
            assertState("duplicate", moved, token);
        }
    }

    private static void assertState(String expected, MechanismContext by, byte[] token) throws GSSException {
        MessageProp prop = new MessageProp(0, false);
        assertArrayEquals(MESSAGE, by.unwrap(token, 0, token.length, prop));
        assertEquals(
                expected,
                (prop.isDuplicateToken() ? "duplicate" : "")
                        + (prop.isGapToken() ? "gap" : "")
                        + (prop.isUnseqToken() ? "unsequenced" : "")
                        + (prop.isOldToken() ? "old" : ""));
    }

    @Test
    void a_context_that_is_written_is_not_changed() throws Exception {
        TestRealm.Pair pair = realm.establish(TestRealm.USUAL);
        byte[] first = ExportedState.write(pair.acceptor());
        assertArrayEquals(first, ExportedState.write(pair.acceptor()));
        EstablishTest.exchange(pair.initiator(), pair.acceptor(), true);
        EstablishTest.exchange(pair.acceptor(), pair.initiator(), true);
        assertFalse(Arrays.equals(first, ExportedState.write(pair.acceptor())));
    }

    @Test
    void a_state_without_authorization_data_is_short() throws Exception {
        String client = "a-user-with-a-name@EXAMPLE.TEST";
        TestRealm.Pair pair = TestRealm.establish(
                realm.initiator(realm.ticket().client(client), TestRealm.USUAL, null), realm.acceptor());
        int names = client.length() + TestRealm.SERVICE.toString().length();
        assertTrue(names > 60, "names of " + names);
        for (MechanismContext side : List.of(pair.initiator(), pair.acceptor())) {
            int length = ExportedState.write(side).length;
            assertTrue(length <= 290, length + " octets");
            assertEquals(180 + names, length);
        }
    }

    @Test
    void a_context_that_is_not_established_has_no_state() throws Exception {
        assertThrows(IllegalStateException.class, () -> ExportedState.write(realm.acceptor()));
    }

    // Delegated credentials

    @Test
    void rfc2743_2_2_8_a_delegated_credential_travels_only_if_both_ask() throws Exception {
        MechanismContext acceptor = delegated();
        assertTrue(acceptor.flags().contains(ContextFlag.DELEG));
        for (Delegation exporter : Delegation.values()) {
            for (Delegation importer : Delegation.values()) {
                MechanismContext moved =
                        ExportedState.read(ExportedState.write(acceptor, exporter), importer, environment);
                boolean travels = exporter == Delegation.CARRY && importer == Delegation.CARRY;
                assertEquals(travels, moved.flags().contains(ContextFlag.DELEG));
                if (travels) {
                    assertEquals(
                            "alice@EXAMPLE.TEST",
                            moved.delegatedCredential().getName().toString());
                    assertTrue(moved.delegatedCredential().getRemainingLifetime() > 0);
                } else {
                    assertNull(moved.delegatedCredential());
                }
                assertNotNull(acceptor.delegatedCredential(), "the exporter's context is not changed");
            }
        }
    }

    @Test
    void the_initiator_still_knows_that_it_delegated() throws Exception {
        // The flag of the initiator's own request; no KDC here gives a ticket to forward.
        TestRealm.Pair pair = realm.establish(TestRealm.USUAL);
        byte[] state = ExportedState.write(pair.initiator());
        state[3] |= 1;
        MechanismContext moved = ExportedState.read(state, environment);
        assertTrue(moved.flags().contains(ContextFlag.DELEG));
        assertTrue(ExportedState.read(ExportedState.write(moved), environment)
                .flags()
                .contains(ContextFlag.DELEG));
    }

    @Test
    void a_delegated_credential_is_erased_with_its_context() throws Exception {
        MechanismContext acceptor = delegated();
        EncryptionKey key = ((Krb5Context) acceptor).state().delegated().info().key();
        acceptor.erase();
        assertTrue(key.secret().isDestroyed());
    }

    private MechanismContext delegated() throws Exception {
        ForgedTicket ticket = realm.ticket();
        KrbCredInfo info = new KrbCredInfo(
                EncryptionKey.generate(realm.type, realm.random),
                TestRealm.NAME,
                TestRealm.ALICE.name(),
                KerberosFlags.NONE.with(TicketFlag.FORWARDED),
                realm.now(),
                null,
                realm.now().plus(Duration.ofHours(1)),
                null,
                null,
                null,
                List.of(HostAddress.of(InetAddress.getByName("192.0.2.1"))));
        EncKrbCredPart part =
                new EncKrbCredPart(List.of(info), OptionalLong.of(1), realm.now(), OptionalInt.of(2), null, null);
        KrbCred credential = new KrbCred(
                List.of(realm.ticket()
                        .service("krbtgt/EXAMPLE.TEST@EXAMPLE.TEST")
                        .seal()),
                EncryptedData.seal(ticket.sessionKey(), KrbCred.KEY_USAGE, part.encode(), realm.random));
        return realm.accept(ticket.request()
                .rawChecksum(AcceptorCheckTest.delegation(credential.encode()))
                .token());
    }

    // Malformed states

    /** States of both roles, small and with everything that a state can hold. */
    private List<byte[]> states() throws Exception {
        AuthorizationData data = AcceptorCheckTest.ifRelevant(
                AcceptorCheckTest.element(AuthorizationData.AD_WIN2K_PAC, new ForgedPac(realm.ticket()).sign()));
        MechanismContext rich = realm.accept(realm.ticket()
                .authorizationData(data)
                .renewTill(realm.now())
                .request()
                .authorizationData(AcceptorCheckTest.ifRelevant(AcceptorCheckTest.element(5, new byte[3])))
                .token());
        TestRealm.Pair small = realm.establish(EnumSet.of(ContextFlag.INTEG));
        TestRealm.Pair usual = realm.establish(TestRealm.USUAL);
        EstablishTest.exchange(usual.initiator(), usual.acceptor(), true);
        return List.of(
                ExportedState.write(rich),
                ExportedState.write(delegated(), Delegation.CARRY),
                ExportedState.write(small.initiator()),
                ExportedState.write(small.acceptor()),
                ExportedState.write(usual.initiator()),
                ExportedState.write(usual.acceptor()));
    }

    @Test
    void a_cut_state_and_one_with_something_behind_it_are_malformed() throws Exception {
        for (byte[] state : states()) {
            for (int length = 0; length < state.length; length++) {
                assertMalformed(Arrays.copyOf(state, length));
            }
            assertMalformed(Arrays.copyOf(state, state.length + 1));
        }
    }

    @Test
    void a_state_with_a_flipped_bit_is_malformed_or_the_one_encoding_of_another_context() throws Exception {
        int others = 0;
        for (byte[] state : states()) {
            for (int bit = 0; bit < 8 * state.length; bit++) {
                byte[] flipped = state.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                Optional<MechanismContext> read = readOrMalformed(flipped);
                if (read.isPresent()) {
                    others++;
                    assertArrayEquals(flipped, ExportedState.write(read.get(), Delegation.CARRY), "bit " + bit);
                }
            }
        }
        assertTrue(others > 1000, "keys and numbers can be anything");
    }

    @Test
    void what_is_not_of_one_piece_is_malformed() throws Exception {
        byte[] acceptor = ExportedState.write(realm.establish(TestRealm.USUAL).acceptor());
        byte[] initiator = ExportedState.write(realm.establish(TestRealm.USUAL).initiator());
        assertMalformed(changed(acceptor, 0, 2)); // version
        assertMalformed(changed(initiator, 1, initiator[1] | 0x10)); // authorization data of an initiator
        assertMalformed(changed(acceptor, 1, acceptor[1] | 0x20)); // a verified PAC that is not there
        assertMalformed(changed(acceptor, 3, acceptor[3] | 1)); // delegation without a credential
        assertMalformed(changed(acceptor, 3, acceptor[3] & ~2)); // an acceptor's subkey without mutual authentication
        assertMalformed(changed(acceptor, 3, acceptor[3] & ~4)); // a window that reports replays all the same
        assertMalformed(changed(acceptor, 2, 1)); // an unknown service
        assertMalformed(changed(acceptor, 5, 200)); // a name longer than the state
        assertMalformed(changed(acceptor, 6, '@')); // a name without a component
        assertMalformed(changed(acceptor, 6, 0xFF)); // not UTF-8
    }

    private static byte[] changed(byte[] state, int at, int value) {
        byte[] changed = state.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private void assertMalformed(byte[] state) {
        assertTrue(readOrMalformed(state).isEmpty());
    }

    /** Reads, and lets nothing pass but the one fault, within bounds of memory. */
    private Optional<MechanismContext> readOrMalformed(byte[] state) {
        long before = allocated();
        Optional<MechanismContext> read = tryRead(state);
        if (allocated() - before > limit(state)) {
            // The first time, classes may have been loaded.
            before = allocated();
            tryRead(state);
            long again = allocated() - before;
            assertTrue(again <= limit(state), again + " octets allocated");
        }
        return read;
    }

    private Optional<MechanismContext> tryRead(byte[] state) {
        try {
            return Optional.of(ExportedState.read(state, Delegation.CARRY, environment));
        } catch (GSSException e) {
            assertEquals(Optional.of(TransferFault.STATE_MALFORMED), TransferFault.of(e), e.toString());
            return Optional.empty();
        }
    }

    private static long limit(byte[] state) {
        return (1 << 16) + 8L * state.length;
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
