package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.ApRep;
import dev.gssbaton.krb5.message.EncApRepPart;
import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.TokenId;
import dev.gssbaton.seal.AccountKeys;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.OutputTokenException;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.TransferFault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Contexts of DCE style, which an acceptor establishes with a third leg (MS-KILE section 3.4.5.1). */
class DceStyleTest {
    private static final int DCE_STYLE = Agreement.DCE_STYLE;
    private static final int FIRST_NUMBER = 4711;

    private TestRealm realm;
    private ForgedTicket ticket;
    private ForgedRequest request;

    DceStyleTest() {
        begin(EncryptionType.AES256_CTS_HMAC_SHA1_96);
    }

    private void begin(EncryptionType type) {
        realm = new TestRealm(type);
        ticket = realm.ticket();
        request = ticket.request().checksum0x8003(null, DCE_STYLE | ContextFlag.bits(TestRealm.USUAL));
    }

    /** An initiator's answer to an acceptor's: a good one, until something is changed. */
    private final class ThirdLeg {
        private final EncApRepPart reply;
        private EncryptionKey key = ticket.sessionKey();
        private int usage = EncApRepPart.KEY_USAGE;
        private EncryptionKey subkey;
        private OptionalLong number;

        ThirdLeg(byte[] secondLeg) throws GSSException {
            reply = ApRep.decode(secondLeg, 0, secondLeg.length).open(ticket.sessionKey());
            number = OptionalLong.of(reply.initialSequenceNumber());
        }

        byte[] token() {
            byte[] part = new EncApRepPart(realm.now(), 7, subkey, number).encode();
            return new ApRep(EncryptedData.seal(key, usage, part, realm.random)).encode();
        }

        /** The initiator's side of the context. */
        MechanismContext initiator(Set<ContextFlag> flags) throws GSSException {
            Agreement agreement = new Agreement(
                    true,
                    ContextFlag.bits(flags),
                    PlatformName.of(TestRealm.ALICE),
                    PlatformName.of(TestRealm.SERVICE),
                    new TicketFacts(
                            KerberosFlags.NONE,
                            realm.now(),
                            realm.now(),
                            ticket.endTime(),
                            null,
                            ForgedTicket.octets(""),
                            ForgedTicket.octets(""),
                            false),
                    Duration.ZERO);
            return Krb5Context.established(new ContextState(
                    agreement,
                    new ContextKeys(
                            ticket.sessionKey().copy(),
                            request.subkey().copy(),
                            reply.subkey().copy()),
                    FIRST_NUMBER,
                    FIRST_NUMBER,
                    new SequenceWindow(flags, reply.initialSequenceNumber()),
                    null,
                    realm.random));
        }
    }

    private static byte[] bare(ForgedRequest request) {
        return request.message().encode();
    }

    @ParameterizedTest
    @EnumSource(EncryptionType.class)
    void kerberos_14_a_context_is_established_with_the_third_leg(EncryptionType type) throws Exception {
        begin(type);
        MechanismContext acceptor = realm.acceptor();
        byte[] first = bare(request);
        byte[] second = acceptor.step(first, 0, first.length);
        assertFalse(acceptor.isEstablished());
        assertFalse(acceptor.isProtectionReady());
        assertNull(acceptor.sourceName());
        ThirdLeg third = new ThirdLeg(second);
        byte[] token = third.token();
        assertNull(acceptor.step(token, 0, token.length));
        assertTrue(acceptor.isEstablished() && acceptor.isProtectionReady());
        assertEquals("alice@EXAMPLE.TEST", acceptor.sourceName().toString());
        assertEquals(TestRealm.USUAL, acceptor.flags());
        MechanismContext initiator = third.initiator(acceptor.flags());
        EstablishTest.exchange(initiator, acceptor, true);
        EstablishTest.exchange(acceptor, initiator, false);
    }

    @Test
    void it_includes_mutual_authentication() throws Exception {
        MechanismContext acceptor = realm.acceptor();
        byte[] first = bare(ticket.request().checksum0x8003(null, DCE_STYLE));
        byte[] token = new ThirdLeg(acceptor.step(first, 0, first.length)).token();
        acceptor.step(token, 0, token.length);
        assertEquals(Set.of(ContextFlag.MUTUAL), acceptor.flags());
    }

    @Test
    void it_has_no_frame_and_nothing_else_has_none() {
        byte[] framed = GssFraming.encode(TokenId.AP_REQ, bare(request));
        byte[] unframed = bare(ticket.request());
        for (byte[] wrong : new byte[][] {framed, unframed}) {
            OutputTokenException e = assertThrows(OutputTokenException.class, () -> realm.accept(wrong));
            assertEquals(GSSException.DEFECTIVE_TOKEN, e.getMajor(), e.getMessage());
            assertTrue(e.getMessage().contains("DCE style"), e.getMessage());
        }
    }

    @Test
    void kerberos_14_a_third_leg_with_another_number_or_a_subkey_is_refused() throws Exception {
        refused(GSSException.FAILURE, ErrorCode.KRB_AP_ERR_MUT_FAIL, third -> {
            third.number = OptionalLong.of(third.number.getAsLong() + 1);
            return third;
        });
        refused(GSSException.FAILURE, ErrorCode.KRB_AP_ERR_MUT_FAIL, third -> {
            third.number = OptionalLong.empty();
            return third;
        });
        refused(GSSException.FAILURE, ErrorCode.KRB_AP_ERR_MUT_FAIL, third -> {
            third.subkey = EncryptionKey.generate(realm.type, realm.random);
            return third;
        });
    }

    @Test
    void kerberos_14_a_third_leg_under_another_key_or_usage_is_refused() throws Exception {
        refused(GSSException.BAD_MIC, ErrorCode.KRB_AP_ERR_BAD_INTEGRITY, third -> {
            third.key = third.reply.subkey();
            return third;
        });
        refused(GSSException.BAD_MIC, ErrorCode.KRB_AP_ERR_BAD_INTEGRITY, third -> {
            third.usage = 11;
            return third;
        });
    }

    private void refused(int major, ErrorCode code, UnaryOperator<ThirdLeg> flaw) throws Exception {
        MechanismContext acceptor = realm.acceptor();
        byte[] first = bare(request);
        byte[] token =
                flaw.apply(new ThirdLeg(acceptor.step(first, 0, first.length))).token();
        GSSException e = assertThrows(GSSException.class, () -> acceptor.step(token, 0, token.length));
        assertEquals(major, e.getMajor(), e.getMessage());
        assertEquals(code.number(), e.getMinor(), e.getMessage());
        assertFalse(acceptor.isEstablished());
    }

    @Test
    void kerberos_14_an_acceptors_own_answer_is_no_third_leg() throws Exception {
        MechanismContext acceptor = realm.acceptor();
        byte[] first = bare(request);
        byte[] second = acceptor.step(first, 0, first.length);
        GSSException e = assertThrows(GSSException.class, () -> acceptor.step(second, 0, second.length));
        assertEquals(ErrorCode.KRB_AP_ERR_MUT_FAIL.number(), e.getMinor());
    }

    @Test
    void kerberos_14_flipped_bits_and_cuts_of_a_third_leg_are_refused() throws Exception {
        int taken = 0;
        for (int bit = 0; bit < 8 * 90; bit += 5) {
            MechanismContext acceptor = realm.acceptor();
            byte[] flipped = thirdLeg(acceptor);
            flipped[bit / 8 % flipped.length] ^= (byte) (1 << bit % 8);
            try {
                acceptor.step(flipped, 0, flipped.length);
                taken++; // the encryption type's number stands outside the encryption
            } catch (GSSException e) {
                assertFalse(acceptor.isEstablished());
            }
            acceptor.erase();
        }
        assertTrue(taken <= 8, taken + " taken");
        for (int missing = 1; missing < 90; missing++) {
            MechanismContext acceptor = realm.acceptor();
            byte[] whole = thirdLeg(acceptor);
            byte[] cut = Arrays.copyOf(whole, Math.max(0, whole.length - missing));
            assertThrows(GSSException.class, () -> acceptor.step(cut, 0, cut.length));
        }
    }

    private byte[] thirdLeg(MechanismContext acceptor) throws GSSException {
        byte[] first = bare(request);
        return new ThirdLeg(acceptor.step(first, 0, first.length)).token();
    }

    @Test
    void rfc2743_2_2_8_it_cannot_be_exported_before_its_third_leg(@TempDir Path keys) throws Exception {
        BatonManager manager = BatonManager.builder()
                .keys(AccountKeys.in(keys))
                .claims(BatonPeer.claims())
                .build();
        BatonContext acceptor = manager.createContext(realm.acceptorCredential());
        // Not before the replay cache began.
        byte[] first = bare(request.time(Instant.now()));
        byte[] second = acceptor.acceptSecContext(first, 0, first.length);
        assertNotNull(second);
        assertFalse(acceptor.isEstablished() || acceptor.isProtReady());
        assertEquals(
                GSSException.NO_CONTEXT,
                assertThrows(GSSException.class, acceptor::export).getMajor());
        byte[] third = new ThirdLeg(second).token();
        assertNull(acceptor.acceptSecContext(third, 0, third.length));
        BatonContext moved = manager.createContext(acceptor.export());
        assertEquals("alice@EXAMPLE.TEST", moved.getSrcName().toString());
        assertTrue(moved.getMutualAuthState());
        moved.dispose();
    }

    /** Which no other software would go on with as it is here: there, messages of DCE style have another shape. */
    @Test
    void it_stays_of_dce_style_when_it_moves_and_other_software_gets_none(@TempDir Path keys) throws Exception {
        BatonManager manager = BatonManager.builder()
                .keys(AccountKeys.in(keys))
                .claims(BatonPeer.claims())
                .build();
        BatonContext acceptor = manager.createContext(realm.acceptorCredential());
        byte[] first = bare(request.time(Instant.now()));
        byte[] third = new ThirdLeg(acceptor.acceptSecContext(first, 0, first.length)).token();
        acceptor.acceptSecContext(third, 0, third.length);
        for (int moves = 0; moves < 2; moves++) {
            for (String format : List.of("mit", "heimdal-7", "heimdal-8")) {
                BatonContext context = acceptor;
                GSSException e = assertThrows(GSSException.class, () -> context.exportUnsealed(format));
                assertEquals(Optional.of(TransferFault.EXPORT_FAILED), TransferFault.of(e));
                assertTrue(e.getMinorString().contains("DCE style"), e.getMinorString());
            }
            acceptor = manager.createContext(acceptor.export());
        }
        acceptor.dispose();
    }
}
