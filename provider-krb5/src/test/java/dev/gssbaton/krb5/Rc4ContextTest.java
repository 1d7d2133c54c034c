package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.credential.AcceptorOptions;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.format.Heimdal7ContextExporter;
import dev.gssbaton.krb5.format.Heimdal8ContextExporter;
import dev.gssbaton.krb5.format.MitContextExporter;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import dev.gssbaton.spi.UnsealedExporter;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contexts of rc4-hmac, where this mechanism is on both sides. */
class Rc4ContextTest {
    private static final long FAR = 1L << 29;

    /** Of the flags, which are big-endian, in the octet table of the format {@code mit}. */
    private static final int MIT_FLAGS_END = 36;

    private final TestRealm realm = new TestRealm(EncryptionType.RC4_HMAC);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, FAR - 1, FAR, FAR + 1, 1L << 31, (1L << 32) - 1})
    void kerberos_20_the_acceptor_begins_far_from_the_initiators_number(long initiators) throws Exception {
        for (int i = 0; i < 50; i++) {
            MechanismContext acceptor = realm.accept(realm.request()
                    .sequenceNumber(OptionalLong.of(initiators))
                    .flags(TestRealm.USUAL)
                    .token());
            long ours = ((Krb5Context) acceptor).state().firstSendNumber();
            long ahead = (ours - initiators) & 0xFFFF_FFFFL;
            assertTrue(ahead >= FAR && ahead <= (1L << 32) - FAR, ours + " beside " + initiators);
            assertTrue(ours > 0 && ours < 1L << 31);
        }
    }

    @Test
    void kerberos_13_no_subkey_is_asserted() throws Exception {
        TestRealm.Pair pair = realm.establish(TestRealm.USUAL);
        for (MechanismContext side : new MechanismContext[] {pair.initiator(), pair.acceptor()}) {
            assertNull(((Krb5Context) side).state().keys().acceptorSubkey());
            assertEquals(
                    EncryptionType.RC4_HMAC,
                    ((Krb5Context) side).state().keys().baseKey().type());
        }
    }

    @Test
    void kerberos_20_without_mutual_authentication_there_is_no_confidentiality() throws Exception {
        Set<ContextFlag> asked = EnumSet.copyOf(TestRealm.USUAL);
        asked.remove(ContextFlag.MUTUAL);
        TestRealm.Pair pair = realm.establish(asked);
        MechanismContext moved = ExportedState.move(pair.acceptor(), realm.environment());
        for (MechanismContext side : new MechanismContext[] {pair.initiator(), moved}) {
            assertFalse(side.flags().contains(ContextFlag.CONF));
            assertTrue(side.flags().contains(ContextFlag.INTEG));
            GSSException e =
                    assertThrows(GSSException.class, () -> side.wrap(new byte[3], 0, 3, new MessageProp(0, true)));
            assertEquals(GSSException.UNAVAILABLE, e.getMajor());
        }
        EstablishTest.exchange(pair.initiator(), moved, false);
    }

    @Test
    void kerberos_20_under_the_tickets_session_key_there_is_no_confidentiality() throws Exception {
        MechanismContext acceptor =
                realm.accept(realm.request().noSubkey().flags(TestRealm.USUAL).token());
        assertNull(((Krb5Context) acceptor).state().keys().initiatorSubkey());
        assertFalse(acceptor.flags().contains(ContextFlag.CONF));
        assertTrue(acceptor.flags().contains(ContextFlag.INTEG));

        MechanismContext withSubkey =
                realm.accept(realm.request().flags(TestRealm.USUAL).token());
        assertTrue(withSubkey.flags().contains(ContextFlag.CONF));
    }

    @Test
    void rfc4537_3_with_an_answer_a_stronger_type_takes_its_place_where_both_permit_one() throws Exception {
        realm.options(AcceptorOptions.DEFAULT.withPermittedEncryptionTypes(Set.of(17, 18, 23)));
        TestRealm.Pair pair = realm.establish(TestRealm.USUAL);
        for (MechanismContext side : new MechanismContext[] {pair.initiator(), pair.acceptor()}) {
            assertEquals(
                    EncryptionType.AES256_CTS_HMAC_SHA1_96,
                    ((Krb5Context) side).state().keys().baseKey().type());
        }
        EstablishTest.exchange(pair.initiator(), pair.acceptor(), true);
        EstablishTest.exchange(pair.acceptor(), pair.initiator(), true);

        TestRealm.Pair unanswered = realm.establish(EnumSet.of(ContextFlag.INTEG));
        assertEquals(
                EncryptionType.RC4_HMAC,
                ((Krb5Context) unanswered.acceptor()).state().keys().baseKey().type());
        EstablishTest.exchange(unanswered.initiator(), unanswered.acceptor(), false);
    }

    @Test
    void kerberos_20_a_token_of_mit_grants_no_confidentiality_without_mutual_authentication() throws Exception {
        MitContextExporter mit = new MitContextExporter();
        try (StateWriter out = new StateWriter(0, 16)) {
            mit.write(realm.establish(TestRealm.USUAL).acceptor(), Delegation.DROP, out);
            byte[] token = Arrays.copyOf(out.array(), out.position());
            assertTrue(read(mit, token).flags().contains(ContextFlag.CONF));
            assertEquals(ContextFlag.MUTUAL.bit(), token[MIT_FLAGS_END] & ContextFlag.MUTUAL.bit());
            token[MIT_FLAGS_END] ^= (byte) ContextFlag.MUTUAL.bit();
            assertFalse(read(mit, token).flags().contains(ContextFlag.CONF));
        }
    }

    @Test
    void kerberos_20_a_token_of_heimdal_grants_no_confidentiality_without_mutual_authentication() throws Exception {
        for (UnsealedExporter heimdal : List.of(new Heimdal7ContextExporter(), new Heimdal8ContextExporter())) {
            MechanismContext acceptor = realm.establish(TestRealm.USUAL).acceptor();
            assertTrue(read(heimdal, write(heimdal, acceptor)).flags().contains(ContextFlag.CONF));
            MechanismContext unanswered = realm.accept(realm.request()
                    .flags(EnumSet.of(ContextFlag.CONF, ContextFlag.INTEG))
                    .token());
            assertFalse(read(heimdal, write(heimdal, unanswered)).flags().contains(ContextFlag.CONF));
        }
    }

    /** Under rc4-hmac the library counts by 32 bits, and by no more than have gone by. */
    @Test
    void a_window_of_mit_with_more_than_32_bits_is_malformed() throws Exception {
        MitContextExporter mit = new MitContextExporter();
        byte[] token = write(mit, realm.establish(TestRealm.USUAL).acceptor());
        // Little-endian, behind the mask and the peer's first number.
        byte[] mask = {-1, -1, -1, -1, 0, 0, 0, 0};
        int gone = indexOf(token, mask) + 16;
        assertEquals(0, token[gone]);
        token[gone] = 1;
        token[gone + 8] = 1;
        assertEquals(1, window(read(mit, token)).gone());
        for (int octet = 4; octet < 8; octet++) {
            byte[] changed = token.clone();
            changed[gone + octet] = 1;
            GSSException e = assertThrows(GSSException.class, () -> read(mit, changed));
            assertEquals(TransferFault.STATE_MALFORMED, TransferFault.of(e).orElseThrow());
        }
    }

    private static SequenceWindow window(MechanismContext context) {
        return ((Krb5Context) context).state().protection().window();
    }

    private static byte[] write(UnsealedExporter exporter, MechanismContext context) throws GSSException {
        try (StateWriter out = new StateWriter(0, 16)) {
            exporter.write(context, Delegation.DROP, out);
            return Arrays.copyOf(out.array(), out.position());
        }
    }

    private MechanismContext read(UnsealedExporter exporter, byte[] token) throws GSSException {
        return exporter.read(new StateReader(token, 0, token.length), Delegation.DROP, realm.environment());
    }

    @Test
    void a_state_with_numbers_of_more_than_32_bits_is_malformed() throws Exception {
        TestRealm.Pair pair = realm.establish(TestRealm.USUAL);
        byte[] state = ExportedState.write(pair.initiator());
        SequenceWindow window =
                ((Krb5Context) pair.initiator()).state().protection().window();
        long[] numbers = {((Krb5Context) pair.initiator()).state().firstSendNumber(), window.base()};
        for (long number : numbers) {
            byte[] changed = state.clone();
            changed[indexOf(state, number) + 3] = 1;
            GSSException e = assertThrows(GSSException.class, () -> ExportedState.read(changed, realm.environment()));
            assertEquals(TransferFault.STATE_MALFORMED, TransferFault.of(e).orElseThrow());
        }
        assertArrayEquals(state, ExportedState.write(ExportedState.read(state.clone(), realm.environment())));
    }

    /** Finds a number of 32 bits where it stands with 64. */
    private static int indexOf(byte[] state, long number) {
        return indexOf(state, ByteBuffer.allocate(8).putLong(number).array());
    }

    private static int indexOf(byte[] state, byte[] wanted) {
        for (int i = 0; i + 8 <= state.length; i++) {
            if (Arrays.equals(state, i, i + 8, wanted, 0, 8)) {
                return i;
            }
        }
        throw new AssertionError("not there");
    }
}
