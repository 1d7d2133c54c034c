package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.credential.Krb5Credential;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.crypto.IntegrityException;
import dev.gssbaton.krb5.message.ApOption;
import dev.gssbaton.krb5.message.ApRep;
import dev.gssbaton.krb5.message.ApReq;
import dev.gssbaton.krb5.message.Authenticator;
import dev.gssbaton.krb5.message.AuthenticatorChecksum;
import dev.gssbaton.krb5.message.ChannelBindings;
import dev.gssbaton.krb5.message.EncApRepPart;
import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.KrbError;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.TokenId;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.MechanismContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.Test;

/** What an initiator sends, and what answers it must refuse. */
class InitiatorCheckTest {
    private final TestRealm realm = TestRealm.aes256();
    private final ForgedTicket ticket = realm.ticket();

    // 12: the AP-REP

    @Test
    void an_answer_without_a_flaw_is_accepted() throws Exception {
        MechanismContext initiator = realm.initiator(ticket, TestRealm.USUAL, null);
        Reply reply = new Reply(initiator);
        assertNull(reply.takenBy(initiator));
        assertTrue(initiator.isEstablished());
        assertEquals(TestRealm.USUAL, initiator.flags());
        assertEquals(ticket.endTime(), initiator.expiry());
        assertEquals("alice@EXAMPLE.TEST", initiator.sourceName().toString());
        assertEquals(
                "HTTP/www.example.test@EXAMPLE.TEST", initiator.targetName().toString());
    }

    @Test
    void kerberos_12_the_acceptors_name_is_the_kdcs_not_the_tickets() throws Exception {
        // Anybody between client and KDC may have changed the name in the ticket, which neither of the two can verify.
        MechanismContext initiator =
                realm.initiator(ticket.namedService("root/evil@ELSEWHERE.TEST"), TestRealm.USUAL, null);
        new Reply(initiator).takenBy(initiator);
        assertEquals(
                "HTTP/www.example.test@EXAMPLE.TEST", initiator.targetName().toString());
    }

    @Test
    void kerberos_12_the_time_must_be_ours() throws Exception {
        refused(GSSException.FAILURE, ErrorCode.KRB_AP_ERR_MUT_FAIL, reply -> reply.ctime(reply.ctime.plusSeconds(1)));
        refused(
                GSSException.FAILURE,
                ErrorCode.KRB_AP_ERR_MUT_FAIL,
                reply -> reply.cusec((reply.cusec + 1) % 1_000_000));
    }

    @Test
    void kerberos_12_the_answer_is_encrypted_in_the_session_key_with_usage_12() throws Exception {
        refused(GSSException.BAD_MIC, ErrorCode.KRB_AP_ERR_BAD_INTEGRITY, reply -> reply.usage(11));
        refused(GSSException.BAD_MIC, ErrorCode.KRB_AP_ERR_BAD_INTEGRITY, reply -> reply.key(reply.subkeyOfRequest));
        refused(
                GSSException.BAD_MIC,
                ErrorCode.KRB_AP_ERR_BAD_INTEGRITY,
                reply -> reply.key(EncryptionKey.generate(realm.type, realm.random)));
    }

    @Test
    void kerberos_12_a_subkey_of_an_unsupported_type_is_refused() throws Exception {
        refused(GSSException.FAILURE, ErrorCode.KDC_ERR_ETYPE_NOSUPP, reply -> reply.subkey(
                        EncryptionKey.generate(realm.type, realm.random))
                .plaintext(InitiatorCheckTest::asUnknown));
    }

    @Test
    void kerberos_12_a_subkey_of_a_type_that_is_not_permitted_is_refused() throws Exception {
        refused(
                GSSException.FAILURE,
                ErrorCode.KDC_ERR_ETYPE_NOSUPP,
                reply -> reply.subkey(EncryptionKey.generate(EncryptionType.RC4_HMAC, realm.random)));
    }

    @Test
    void kerberos_4_a_ticket_with_a_session_key_of_rc4_is_not_used_silently() throws Exception {
        ForgedTicket weak = realm.ticket().sessionType(EncryptionType.RC4_HMAC);
        MechanismContext initiator = realm.initiator(weak, TestRealm.USUAL, null);
        GSSException e = assertThrows(GSSException.class, () -> initiator.step(new byte[0], 0, 0));
        assertEquals(ErrorCode.KDC_ERR_ETYPE_NOSUPP.number(), e.getMinor());
        assertTrue(e.getMessage().contains("rc4-hmac"), e.getMessage());
    }

    private static byte[] asUnknown(byte[] message) {
        byte[] changed = message.clone();
        for (int i = 0; i + 4 < changed.length; i++) {
            if (changed[i] == (byte) 0xA0 && changed[i + 1] == 3 && changed[i + 4] == 18) {
                changed[i + 4] = 24;
                return changed;
            }
        }
        throw new AssertionError("no key");
    }

    @Test
    void kerberos_12_another_message_is_refused() throws Exception {
        MechanismContext initiator = realm.initiator(ticket, TestRealm.USUAL, null);
        byte[] request = initiator.step(new byte[0], 0, 0);
        GSSException e = assertThrows(GSSException.class, () -> initiator.step(request, 0, request.length));
        assertEquals(GSSException.DEFECTIVE_TOKEN, e.getMajor());
        assertEquals(ErrorCode.KRB_AP_ERR_MSG_TYPE.number(), e.getMinor());
    }

    @Test
    void kerberos_12_an_absent_sequence_number_is_0_and_a_negative_one_its_32_bits() throws Exception {
        assertEquals(0, firstNumberExpected(OptionalLong.empty()));
        assertEquals(0xFFFF_FFFEL, firstNumberExpected(OptionalLong.of(-2)));
        assertEquals(0xFFFF_FFFEL, firstNumberExpected(OptionalLong.of(0xFFFF_FFFEL)));
    }

    private long firstNumberExpected(OptionalLong number) throws Exception {
        MechanismContext initiator = realm.initiator(ticket, TestRealm.USUAL, null);
        Reply reply = new Reply(initiator).sequenceNumber(number);
        reply.takenBy(initiator);
        return ((Krb5Context) initiator).state().protection().window().next();
    }

    @Test
    void kerberos_12_first_numbers_are_below_2_to_the_30_and_never_0() throws Exception {
        for (int i = 0; i < 200; i++) {
            MechanismContext initiator = realm.initiator(ticket, TestRealm.USUAL, null);
            byte[] request = initiator.step(new byte[0], 0, 0);
            MechanismContext acceptor = realm.acceptor();
            acceptor.step(request, 0, request.length);
            for (long number : new long[] {
                authenticator(request).initialSequenceNumber(),
                ((Krb5Context) acceptor).state().protection().sendNumber()
            }) {
                assertTrue(number > 0 && number < 1 << 30, "number " + number);
            }
        }
    }

    @Test
    void kerberos_12_without_mutual_authentication_the_acceptor_begins_with_the_initiators_number() throws Exception {
        TestRealm.Pair pair = realm.establish(EnumSet.of(ContextFlag.SEQUENCE, ContextFlag.INTEG));
        byte[] token = pair.acceptor().getMIC(new byte[0], 0, 0, new MessageProp(0, false));
        MessageProp prop = new MessageProp(0, false);
        pair.initiator().verifyMIC(token, 0, token.length, new byte[0], 0, 0, prop);
        assertFalse(prop.isGapToken() || prop.isUnseqToken() || prop.isOldToken());
        assertEquals(
                ((Krb5Context) pair.initiator()).state().firstSendNumber(),
                ((Krb5Context) pair.acceptor()).state().firstSendNumber());
    }

    // 13: the acceptor's subkey

    @Test
    void kerberos_13_an_acceptor_subkey_comes_with_mutual_authentication_alone() throws Exception {
        TestRealm.Pair mutual = realm.establish(TestRealm.USUAL);
        EncryptionKey ours = ((Krb5Context) mutual.initiator()).state().keys().acceptorSubkey();
        EncryptionKey theirs = ((Krb5Context) mutual.acceptor()).state().keys().acceptorSubkey();
        assertArrayEquals(octets(theirs), octets(ours));
        byte[] flagged = mutual.initiator().getMIC(new byte[0], 0, 0, new MessageProp(0, false));
        assertEquals(4, flagged[2] & 4, "AcceptorSubkey");

        TestRealm.Pair single = realm.establish(EnumSet.of(ContextFlag.INTEG));
        assertNull(((Krb5Context) single.acceptor()).state().keys().acceptorSubkey());
        byte[] unflagged = single.acceptor().getMIC(new byte[0], 0, 0, new MessageProp(0, false));
        assertEquals(0, unflagged[2] & 4, "AcceptorSubkey");
    }

    @Test
    void kerberos_13_it_has_the_type_of_the_initiators_subkey() throws Exception {
        MechanismContext acceptor = realm.accept(ticket.request()
                .subkeyType(EncryptionType.AES256_CTS_HMAC_SHA384_192)
                .token());
        assertEquals(
                EncryptionType.AES256_CTS_HMAC_SHA384_192,
                ((Krb5Context) acceptor).state().keys().acceptorSubkey().type());
    }

    @Test
    void kerberos_13_an_acceptor_that_asserts_none_is_understood() throws Exception {
        MechanismContext initiator = realm.initiator(ticket, TestRealm.USUAL, null);
        new Reply(initiator).takenBy(initiator);
        ContextKeys keys = ((Krb5Context) initiator).state().keys();
        assertEquals(keys.initiatorSubkey(), keys.baseKey());
    }

    // 14: what is sent

    @Test
    void kerberos_14_each_request_has_a_fresh_subkey_and_a_time_of_its_own() throws Exception {
        Set<String> subkeys = new HashSet<>();
        Set<Instant> times = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            Authenticator sent =
                    authenticator(realm.initiator(ticket, TestRealm.USUAL, null).step(new byte[0], 0, 0));
            subkeys.add(HexFormat.of().formatHex(octets(sent.subkey())));
            times.add(sent.time());
        }
        assertEquals(100, subkeys.size());
        assertEquals(100, times.size());
    }

    @Test
    void rfc4121_4_1_1_the_checksum_has_the_flags_the_bindings_and_nothing_else() throws Exception {
        ChannelBinding bindings = new ChannelBinding("channel".getBytes(StandardCharsets.UTF_8));
        byte[] token = realm.initiator(ticket, EnumSet.of(ContextFlag.MUTUAL, ContextFlag.CONF), bindings)
                .step(new byte[0], 0, 0);
        AuthenticatorChecksum checksum =
                AuthenticatorChecksum.decode(authenticator(token).checksum());
        assertEquals(
                ContextFlag.bits(EnumSet.of(ContextFlag.MUTUAL, ContextFlag.CONF, ContextFlag.INTEG)),
                checksum.flags());
        assertEquals(ChannelBindings.hash(bindings), checksum.bindings());
        assertNull(checksum.delegation());
        assertEquals(0, checksum.extensions().length());
        assertTrue(request(token).apOptions().has(ApOption.MUTUAL_REQUIRED));
        byte[] single =
                realm.initiator(ticket, EnumSet.of(ContextFlag.INTEG), null).step(new byte[0], 0, 0);
        assertFalse(request(single).apOptions().has(ApOption.MUTUAL_REQUIRED));
    }

    @Test
    void anonymity_and_delegation_are_not_granted_where_they_cannot_be() throws Exception {
        MechanismContext initiator = realm.initiator(
                ticket, EnumSet.of(ContextFlag.ANON, ContextFlag.INTEG, ContextFlag.DELEG_POLICY), null);
        initiator.step(new byte[0], 0, 0);
        assertEquals(Set.of(ContextFlag.INTEG), initiator.flags());
    }

    @Test
    void an_expired_ticket_is_not_used() throws Exception {
        MechanismContext initiator = realm.initiator(ticket, TestRealm.USUAL, null);
        realm.clock.set(ticket.endTime());
        GSSException e = assertThrows(GSSException.class, () -> initiator.step(new byte[0], 0, 0));
        assertEquals(GSSException.CREDENTIALS_EXPIRED, e.getMajor());
    }

    @Test
    void a_credential_that_can_only_accept_is_refused() throws Exception {
        Krb5Credential acceptors = realm.acceptorCredential();
        GSSException e = assertThrows(
                GSSException.class,
                () -> realm.mechanism.initiator(
                        new InitiatorRequest(PlatformName.of(TestRealm.SERVICE).name(), acceptors, 0, Set.of(), null),
                        realm.environment()));
        assertEquals(GSSException.NO_CRED, e.getMajor());
    }

    // 15: KRB-ERROR

    @Test
    void kerberos_15_an_error_fails_this_attempt_and_its_text_is_escaped() throws Exception {
        MechanismContext initiator = realm.initiator(ticket, TestRealm.USUAL, null);
        initiator.step(new byte[0], 0, 0);
        byte[] error = GssFraming.encode(TokenId.KRB_ERROR, error(37, "clock\u001b[31m\nuser=root\u00e9"));
        GSSException e = assertThrows(GSSException.class, () -> initiator.step(error, 0, error.length));
        assertEquals(GSSException.FAILURE, e.getMajor());
        assertEquals(37, e.getMinor());
        assertTrue(e.getMessage().contains("KRB_AP_ERR_SKEW"), e.getMessage());
        assertTrue(e.getMessage().chars().allMatch(c -> c >= ' ' && c <= '~'), e.getMessage());

        MechanismContext another = realm.initiator(ticket, TestRealm.USUAL, null);
        Reply reply = new Reply(another);
        assertTrue(reply.ctime.isBefore(realm.now().plusSeconds(2)), "no clock was set by it");
        reply.takenBy(another);
        assertTrue(another.isEstablished());
    }

    @Test
    void kerberos_15_an_error_code_of_0_has_a_text_too() throws Exception {
        MechanismContext initiator = realm.initiator(ticket, TestRealm.USUAL, null);
        initiator.step(new byte[0], 0, 0);
        byte[] error = GssFraming.encode(TokenId.KRB_ERROR, error(0, "nothing"));
        GSSException e = assertThrows(GSSException.class, () -> initiator.step(error, 0, error.length));
        assertTrue(e.getMessage().contains("nothing"), e.getMessage());
    }

    private byte[] error(int code, String text) {
        return new KrbError(
                        null,
                        OptionalInt.empty(),
                        realm.now().plus(Duration.ofDays(300)),
                        0,
                        code,
                        null,
                        null,
                        TestRealm.SERVICE,
                        Octets.of(text.getBytes(StandardCharsets.UTF_8)),
                        null)
                .encode();
    }

    private void refused(int major, ErrorCode code, UnaryOperator<Reply> flaw) throws Exception {
        MechanismContext initiator = realm.initiator(ticket, TestRealm.USUAL, null);
        Reply reply = flaw.apply(new Reply(initiator));
        GSSException e = assertThrows(GSSException.class, () -> reply.takenBy(initiator));
        assertEquals(major, e.getMajor(), e.getMessage());
        assertEquals(code.number(), e.getMinor(), e.getMessage());
        assertFalse(initiator.isEstablished());
    }

    private Authenticator authenticator(byte[] token) throws GSSException, IntegrityException {
        return request(token).authenticator().open(ticket.sessionKey(), Authenticator.KEY_USAGE, Authenticator::decode);
    }

    private static ApReq request(byte[] token) throws GSSException {
        GssFraming frame = GssFraming.decode(token, 0, token.length);
        return ApReq.decode(token, frame.offset(), frame.length());
    }

    private static byte[] octets(EncryptionKey key) {
        return key.secret().lend(byte[]::clone);
    }

    /** An acceptor's answer to an initiator's first token: a good one, without a subkey, until something is changed. */
    private final class Reply {
        final EncryptionKey subkeyOfRequest;
        Instant ctime;
        int cusec;
        private EncryptionKey key = ticket.sessionKey();
        private EncryptionKey subkey;
        private int usage = EncApRepPart.KEY_USAGE;
        private OptionalLong sequenceNumber = OptionalLong.of(99);
        private UnaryOperator<byte[]> plaintext = UnaryOperator.identity();

        Reply(MechanismContext initiator) throws GSSException, IntegrityException {
            Authenticator sent = authenticator(initiator.step(new byte[0], 0, 0));
            subkeyOfRequest = sent.subkey();
            ctime = sent.ctime();
            cusec = sent.cusec();
        }

        Reply ctime(Instant other) {
            ctime = other;
            return this;
        }

        Reply cusec(int other) {
            cusec = other;
            return this;
        }

        Reply key(EncryptionKey other) {
            key = other;
            return this;
        }

        Reply subkey(EncryptionKey other) {
            subkey = other;
            return this;
        }

        Reply usage(int other) {
            usage = other;
            return this;
        }

        Reply sequenceNumber(OptionalLong other) {
            sequenceNumber = other;
            return this;
        }

        Reply plaintext(UnaryOperator<byte[]> change) {
            plaintext = change;
            return this;
        }

        byte[] takenBy(MechanismContext initiator) throws GSSException {
            byte[] part = plaintext.apply(new EncApRepPart(ctime, cusec, subkey, sequenceNumber).encode());
            ApRep message = new ApRep(EncryptedData.seal(key, usage, part, realm.random));
            byte[] token = GssFraming.encode(TokenId.AP_REP, message.encode());
            return initiator.step(token, 0, token.length);
        }
    }
}
