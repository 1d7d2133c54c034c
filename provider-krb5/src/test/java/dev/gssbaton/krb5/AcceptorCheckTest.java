package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.security.jgss.AuthorizationDataEntry;
import com.sun.security.jgss.InquireType;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.krb5.credential.AcceptorOptions;
import dev.gssbaton.krb5.credential.AcceptorOptions.Announcement;
import dev.gssbaton.krb5.credential.AcceptorOptions.Relaxation;
import dev.gssbaton.krb5.credential.Krb5Details;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.ApOption;
import dev.gssbaton.krb5.message.ApReq;
import dev.gssbaton.krb5.message.AuthenticatorChecksum;
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.Checksum;
import dev.gssbaton.krb5.message.EncKrbCredPart;
import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.HostAddress;
import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.KrbCred;
import dev.gssbaton.krb5.message.KrbCredInfo;
import dev.gssbaton.krb5.message.KrbError;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.PrincipalName;
import dev.gssbaton.krb5.message.Ticket;
import dev.gssbaton.krb5.message.TicketFlag;
import dev.gssbaton.krb5.message.TokenId;
import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.OutputTokenException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an acceptor must refuse, check by check, with tickets and requests that are flawed in one respect alone. */
class AcceptorCheckTest {
    private static final Duration SKEW = AcceptorOptions.DEFAULT.clockSkew();
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static final int KVNO_OF_OTHER_TYPE = 9;

    private final TestRealm realm = TestRealm.aes256();

    // 1: framing, token identifier, versions, options

    @Test
    void a_request_without_a_flaw_is_accepted() throws Exception {
        MechanismContext acceptor = realm.accept(realm.request().token());
        assertTrue(acceptor.isEstablished());
        assertEquals("alice@EXAMPLE.TEST", acceptor.sourceName().toString());
        assertEquals("HTTP/www.example.test@EXAMPLE.TEST", acceptor.targetName().toString());
        assertEquals(TestRealm.USUAL, acceptor.flags());
        assertEquals(realm.ticket().endTime().plus(SKEW), acceptor.expiry());
    }

    @Test
    void kerberos_1_malformed_frame_is_defective_and_not_answered() throws Exception {
        byte[] token = realm.request().token();
        byte[] otherMechanism = token.clone();
        otherMechanism[14] ^= 1; // the last octet of the object identifier
        for (byte[] wrong : List.of(otherMechanism, new byte[] {0x60}, Arrays.copyOf(token, token.length - 1))) {
            GSSException e = assertThrows(GSSException.class, () -> realm.accept(wrong));
            assertEquals(GSSException.DEFECTIVE_TOKEN, e.getMajor());
            assertFalse(e instanceof OutputTokenException);
        }
    }

    @Test
    void kerberos_1_another_token_identifier_is_answered_with_msg_type() throws Exception {
        byte[] request = realm.request().message().encode();
        refused(
                GSSException.DEFECTIVE_TOKEN,
                ErrorCode.KRB_AP_ERR_MSG_TYPE,
                GssFraming.encode(TokenId.AP_REP, request));
        byte[] unknown = realm.request().token();
        unknown[15] = 7; // 60 82 and two octets of length | 06 09 and nine octets | TOK_ID
        refused(GSSException.DEFECTIVE_TOKEN, ErrorCode.KRB_AP_ERR_MSG_TYPE, unknown);
    }

    @Test
    void kerberos_1_another_version_or_message_is_refused() throws Exception {
        byte[] request = realm.request().message().encode();
        int pvno = indexOf(request, new byte[] {(byte) 0xA0, 3, 2, 1, 5});
        byte[] version = request.clone();
        version[pvno + 4] = 4;
        refused(
                GSSException.DEFECTIVE_TOKEN,
                ErrorCode.KRB_AP_ERR_BADVERSION,
                GssFraming.encode(TokenId.AP_REQ, version));
        byte[] message = request.clone();
        message[pvno + 9] = 15;
        refused(
                GSSException.DEFECTIVE_TOKEN,
                ErrorCode.KRB_AP_ERR_MSG_TYPE,
                GssFraming.encode(TokenId.AP_REQ, message));
    }

    @Test
    void kerberos_1_use_session_key_is_refused() {
        refused(
                GSSException.FAILURE,
                ErrorCode.KRB_AP_ERR_NOKEY,
                realm.request()
                        .options(KerberosFlags.NONE.with(ApOption.USE_SESSION_KEY))
                        .token());
    }

    @Test
    void kerberos_1_unknown_ap_options_are_ignored() throws Exception {
        MechanismContext acceptor = realm.accept(
                realm.request().options(KerberosFlags.of(0x1FFF_FFFF)).token());
        assertEquals(TestRealm.USUAL, acceptor.flags());
    }

    // 2: the key

    @Test
    void kerberos_2_opens_with_the_named_version() throws Exception {
        realm.addServiceKey(4, realm.type);
        byte[] token = realm.ticket()
                .keyVersion(3)
                .namedVersion(OptionalLong.of(3))
                .request()
                .token();
        assertTrue(realm.accept(token).isEstablished());
    }

    @Test
    void kerberos_2_falls_back_to_other_kvno() throws Exception {
        realm.addServiceKey(4, realm.type);
        for (OptionalLong named : List.of(OptionalLong.of(4), OptionalLong.of(77), OptionalLong.empty())) {
            byte[] token =
                    realm.ticket().keyVersion(3).namedVersion(named).request().token();
            assertTrue(realm.accept(token).isEstablished());
        }
    }

    @Test
    void kerberos_2_a_key_version_that_is_not_there_is_refused() {
        realm.addServiceKey(4, realm.type);
        byte[] token = realm.ticket()
                .keyVersion(4)
                .namedVersion(OptionalLong.of(4))
                .request()
                .token();
        TestRealm other = TestRealm.aes256(); // another key of version 3
        OutputTokenException e = refused(other, GSSException.FAILURE, ErrorCode.KRB_AP_ERR_BADKEYVER, token);
        assertTrue(e.getMessage().contains("key version 4"), e.getMessage());
    }

    @Test
    void kerberos_2_a_key_of_another_encryption_type_is_not_tried() {
        TestRealm other = new TestRealm(EncryptionType.AES128_CTS_HMAC_SHA1_96);
        OutputTokenException e = refused(
                other,
                GSSException.NO_CRED,
                ErrorCode.KRB_AP_ERR_NOKEY,
                realm.request().token());
        assertTrue(e.getMessage().contains("18"), e.getMessage());
    }

    @Test
    void kerberos_2_a_changed_key_of_the_named_version_is_refused() {
        refused(
                TestRealm.aes256(),
                GSSException.BAD_MIC,
                ErrorCode.KRB_AP_ERR_BAD_INTEGRITY,
                realm.request().token());
    }

    @Test
    void kerberos_2_the_name_is_the_keys_not_the_tickets() throws Exception {
        MechanismContext acceptor = realm.accept(
                realm.ticket().service("root/evil@ELSEWHERE.TEST").request().token());
        assertEquals("HTTP/www.example.test@EXAMPLE.TEST", acceptor.targetName().toString());
    }

    // 3: key usages, client, addresses

    @Test
    void kerberos_3_key_usages_are_2_and_11() {
        refused(
                GSSException.BAD_MIC,
                ErrorCode.KRB_AP_ERR_BAD_INTEGRITY,
                realm.ticket().usage(3).request().token());
        refused(
                GSSException.BAD_MIC,
                ErrorCode.KRB_AP_ERR_BAD_INTEGRITY,
                realm.request().usage(7).token());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bob@EXAMPLE.TEST", "alice@ELSEWHERE.TEST", "alice/admin@EXAMPLE.TEST"})
    void kerberos_3_another_client_in_the_authenticator_is_badmatch(String client) {
        refused(
                GSSException.FAILURE,
                ErrorCode.KRB_AP_ERR_BADMATCH,
                realm.request().client(client).token());
    }

    @Test
    void kerberos_3_a_client_that_a_gss_name_cannot_tell_from_another_is_refused() {
        for (Principal client : List.of(
                new Principal(PrincipalName.of(PrincipalName.NT_PRINCIPAL, "alice/admin"), TestRealm.NAME),
                new Principal(PrincipalName.of(PrincipalName.NT_PRINCIPAL, "alice@EXAMPLE.TEST"), "EVIL.TEST"),
                new Principal(PrincipalName.of(PrincipalName.NT_PRINCIPAL, "alice", ""), TestRealm.NAME))) {
            refused(
                    GSSException.FAILURE,
                    ErrorCode.KRB_ERR_GENERIC,
                    realm.ticket().client(client).request().token());
        }
    }

    @Test
    void kerberos_3_addresses_are_compared_where_the_channel_bindings_give_them() throws Exception {
        InetAddress here = InetAddress.getByName("192.0.2.1");
        ChannelBinding bindings = new ChannelBinding(here, null, null);
        HostAddress there = HostAddress.of(InetAddress.getByName("192.0.2.2"));
        byte[] elsewhere = realm.ticket()
                .addresses(there)
                .request()
                .checksum0x8003(bindings, 0)
                .token();
        OutputTokenException e = assertThrows(
                OutputTokenException.class, () -> realm.acceptor(bindings).step(elsewhere, 0, elsewhere.length));
        assertEquals(ErrorCode.KRB_AP_ERR_BADADDR.number(), e.getMinor());

        byte[] fromHere = realm.ticket()
                .addresses(there, HostAddress.of(here))
                .request()
                .checksum0x8003(bindings, 0)
                .token();
        realm.acceptor(bindings).step(fromHere, 0, fromHere.length);
        realm.accept(realm.ticket().addresses(there).request().token());
        HostAddress netBios = new HostAddress(20, ForgedTicket.octets("WORKSTATION     "));
        byte[] named = realm.ticket()
                .addresses(netBios)
                .request()
                .checksum0x8003(bindings, 0)
                .token();
        realm.acceptor(bindings).step(named, 0, named.length);
    }

    // 4: encryption types

    @Test
    void kerberos_4_session_key_and_subkey_must_be_permitted() {
        realm.options(AcceptorOptions.DEFAULT.withPermittedEncryptionTypes(Set.of(18, 20)));
        refused(
                GSSException.FAILURE,
                ErrorCode.KDC_ERR_ETYPE_NOSUPP,
                realm.ticket()
                        .sessionType(EncryptionType.AES128_CTS_HMAC_SHA1_96)
                        .request()
                        .token());
        refused(
                GSSException.FAILURE,
                ErrorCode.KDC_ERR_ETYPE_NOSUPP,
                realm.request()
                        .subkeyType(EncryptionType.AES128_CTS_HMAC_SHA256_128)
                        .token());
    }

    @Test
    void kerberos_4_the_tickets_own_type_must_be_permitted() throws Exception {
        realm.addServiceKey(KVNO_OF_OTHER_TYPE, EncryptionType.AES128_CTS_HMAC_SHA1_96);
        realm.options(AcceptorOptions.DEFAULT.withPermittedEncryptionTypes(Set.of(18)));
        refused(
                GSSException.FAILURE,
                ErrorCode.KDC_ERR_ETYPE_NOSUPP,
                realm.ticket()
                        .keyVersion(KVNO_OF_OTHER_TYPE)
                        .namedVersion(OptionalLong.of(KVNO_OF_OTHER_TYPE))
                        .request()
                        .token());
    }

    @Test
    void kerberos_4_rc4_is_not_taken_silently() {
        refused(
                GSSException.FAILURE,
                ErrorCode.KDC_ERR_ETYPE_NOSUPP,
                realm.ticket()
                        .sessionType(EncryptionType.RC4_HMAC)
                        .request()
                        .subkeyType(realm.type)
                        .token());
        refused(
                GSSException.FAILURE,
                ErrorCode.KDC_ERR_ETYPE_NOSUPP,
                realm.request().subkeyType(EncryptionType.RC4_HMAC).token());
        realm.addServiceKey(KVNO_OF_OTHER_TYPE, EncryptionType.RC4_HMAC);
        refused(
                GSSException.FAILURE,
                ErrorCode.KDC_ERR_ETYPE_NOSUPP,
                realm.ticket()
                        .keyVersion(KVNO_OF_OTHER_TYPE)
                        .namedVersion(OptionalLong.of(KVNO_OF_OTHER_TYPE))
                        .request()
                        .token());
    }

    @Test
    void kerberos_4_a_key_of_an_unknown_type_is_refused() {
        refused(
                GSSException.FAILURE,
                ErrorCode.KDC_ERR_ETYPE_NOSUPP,
                realm.ticket().plaintext(AcceptorCheckTest::asUnknown).request().token());
        refused(
                GSSException.FAILURE,
                ErrorCode.KDC_ERR_ETYPE_NOSUPP,
                realm.request().plaintext(AcceptorCheckTest::asUnknown).token());
    }

    /** Makes of the first key of type 18 in a message one that says it is of type 24. */
    private static byte[] asUnknown(byte[] message) {
        byte[] changed = message.clone();
        changed[indexOf(message, new byte[] {(byte) 0xA0, 3, 2, 1, 18}) + 4] = 24;
        return changed;
    }

    // 5: times

    @Test
    void kerberos_5_an_invalid_ticket_is_refused() {
        refused(
                GSSException.FAILURE,
                ErrorCode.KRB_AP_ERR_TKT_NYV,
                realm.ticket().flag(TicketFlag.INVALID).request().token());
    }

    @Test
    void kerberos_5_a_ticket_begins_no_later_than_now_and_the_skew() throws Exception {
        Instant latest = realm.now().plus(SKEW).minus(SECOND);
        realm.accept(realm.ticket().startTime(latest).request().token());
        refused(
                GSSException.FAILURE,
                ErrorCode.KRB_AP_ERR_TKT_NYV,
                realm.ticket()
                        .startTime(latest.plus(Duration.ofSeconds(2)))
                        .request()
                        .token());
    }

    @Test
    void kerberos_5_a_ticket_ends_no_earlier_than_now_less_the_skew() throws Exception {
        Instant earliest = realm.now().minus(SKEW).plus(SECOND);
        MechanismContext accepted =
                realm.accept(realm.ticket().endTime(earliest).request().token());
        assertTrue(accepted.expiry().isAfter(realm.now()), "born dead");
        refused(
                GSSException.FAILURE,
                ErrorCode.KRB_AP_ERR_TKT_EXPIRED,
                realm.ticket()
                        .endTime(earliest.minus(Duration.ofSeconds(2)))
                        .request()
                        .token());
    }

    @Test
    void kerberos_5_the_authenticators_time_differs_by_the_skew_at_most() throws Exception {
        realm.accept(realm.request().time(realm.now().minus(SKEW).plus(SECOND)).token());
        realm.accept(realm.request().time(realm.now().plus(SKEW).minus(SECOND)).token());
        for (Instant time : List.of(
                realm.now().minus(SKEW).minus(SECOND), realm.now().plus(SKEW).plus(SECOND))) {
            refused(
                    GSSException.FAILURE,
                    ErrorCode.KRB_AP_ERR_SKEW,
                    realm.request().time(time).token());
        }
    }

    // 6: the path through realms

    @Test
    void kerberos_6_an_unchecked_path_through_an_unknown_realm_is_refused() {
        refused(
                GSSException.FAILURE,
                ErrorCode.KRB_AP_PATH_NOT_ACCEPTED,
                realm.ticket()
                        .client("alice@FAR.TEST")
                        .transited(1, "EVIL.TEST")
                        .request()
                        .token());
    }

    @Test
    void kerberos_6_a_path_that_the_kdc_checked_is_taken() throws Exception {
        assertEquals(
                "alice@FAR.TEST",
                realm.accept(realm.ticket()
                                .client("alice@FAR.TEST")
                                .transited(1, "EVIL.TEST")
                                .flag(TicketFlag.TRANSITED_POLICY_CHECKED)
                                .request()
                                .token())
                        .sourceName()
                        .toString());
    }

    @Test
    void kerberos_6_realms_between_in_the_hierarchy_or_named_are_taken() throws Exception {
        assertEquals("alice@A.FAR.TEST", source(transited("alice@A.FAR.TEST", "FAR.TEST,TEST")));
        realm.options(AcceptorOptions.DEFAULT.withTransitRealms(Set.of("FRIEND.TEST")));
        assertEquals("alice@FAR.TEST", source(transited("alice@FAR.TEST", "FRIEND.TEST")));
        realm.options(AcceptorOptions.DEFAULT.allowing(Relaxation.UNCHECKED_TRANSIT_PATH));
        assertEquals("alice@FAR.TEST", source(transited("alice@FAR.TEST", "EVIL.TEST")));
    }

    private byte[] transited(String client, String realms) throws Exception {
        return realm.ticket().client(client).transited(1, realms).request().token();
    }

    private String source(byte[] token) throws Exception {
        return realm.accept(token).sourceName().toString();
    }

    // 7: replays

    @Test
    void kerberos_7_an_authenticator_is_taken_once() throws Exception {
        byte[] token = realm.request().token();
        realm.accept(token);
        refused(GSSException.DUPLICATE_TOKEN, ErrorCode.KRB_AP_ERR_REPEAT, token);
    }

    @Test
    void kerberos_7_the_cache_is_shared_by_all_services_and_processes_that_share_the_store() throws Exception {
        byte[] token = realm.request().token();
        realm.accept(token);
        MechanismContext other =
                realm.mechanism.acceptor(new AcceptorRequest(realm.unboundCredential(), null), realm.environment());
        GSSException e = assertThrows(GSSException.class, () -> other.step(token, 0, token.length));
        assertEquals(GSSException.DUPLICATE_TOKEN, e.getMajor());
    }

    @Test
    void kerberos_7_what_stands_outside_the_encryption_makes_no_other_authenticator() throws Exception {
        ApReq request = realm.request().message();
        realm.accept(GssFraming.encode(TokenId.AP_REQ, request.encode()));
        ApReq again = new ApReq(
                KerberosFlags.NONE,
                request.ticket(),
                new EncryptedData(
                        request.authenticator().etype(),
                        OptionalLong.of(1),
                        request.authenticator().cipher()));
        refused(
                GSSException.DUPLICATE_TOKEN,
                ErrorCode.KRB_AP_ERR_REPEAT,
                GssFraming.encode(TokenId.AP_REQ, again.encode()));
    }

    @Test
    void kerberos_7_nothing_is_remembered_of_what_does_not_verify() throws Exception {
        ApReq request = realm.request().message();
        byte[] cipher = request.authenticator().cipher().toBytes();
        ApReq otherTicket = new ApReq(request.apOptions(), realm.ticket().seal(), request.authenticator());
        refused(
                GSSException.BAD_MIC,
                ErrorCode.KRB_AP_ERR_BAD_INTEGRITY,
                GssFraming.encode(TokenId.AP_REQ, otherTicket.encode()));
        assertArrayEquals(cipher, request.authenticator().cipher().toBytes());
        realm.accept(GssFraming.encode(TokenId.AP_REQ, request.encode()));
    }

    @Test
    void kerberos_7_a_store_younger_than_the_authenticator_refuses_it() throws Exception {
        byte[] token = realm.request().time(realm.now().minus(SECOND)).token();
        ProcessClaims young = new ProcessClaims(new SecureRandom(), Clock.fixed(realm.now(), realm.clock.getZone()));
        MechanismContext acceptor = realm.mechanism.acceptor(
                new AcceptorRequest(realm.acceptorCredential(), null), realm.environment(young));
        GSSException e = assertThrows(GSSException.class, () -> acceptor.step(token, 0, token.length));
        assertEquals(GSSException.OLD_TOKEN, e.getMajor());
    }

    @Test
    void kerberos_7_in_memory_only_by_name_the_store_is_not_asked() throws Exception {
        byte[] token = realm.request().time(realm.now().minus(SECOND)).token();
        ProcessClaims young = new ProcessClaims(new SecureRandom(), Clock.fixed(realm.now(), realm.clock.getZone()));
        realm.options(AcceptorOptions.DEFAULT.allowing(Relaxation.REPLAY_CACHE_IN_MEMORY_ONLY));
        AcceptorRequest request = new AcceptorRequest(realm.acceptorCredential(), null);
        realm.mechanism.acceptor(request, realm.environment(young)).step(token, 0, token.length);
        MechanismContext again = realm.mechanism.acceptor(request, realm.environment(young));
        GSSException e = assertThrows(GSSException.class, () -> again.step(token, 0, token.length));
        assertEquals(GSSException.DUPLICATE_TOKEN, e.getMajor());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void kerberos_7_a_service_with_a_lesser_skew_remembers_for_those_with_the_usual_one(boolean inMemory)
            throws Exception {
        AcceptorOptions usual = inMemory
                ? AcceptorOptions.DEFAULT.allowing(Relaxation.REPLAY_CACHE_IN_MEMORY_ONLY)
                : AcceptorOptions.DEFAULT;
        byte[] token = realm.request().token();
        realm.options(usual.withClockSkew(Duration.ofMinutes(1)));
        realm.accept(token);
        realm.clock.advance(SKEW.minus(SECOND));
        for (int i = 0; i < 8; i++) {
            realm.accept(realm.request().token()); // each lets the cache forget what it need not keep
        }
        realm.options(usual);
        refused(GSSException.DUPLICATE_TOKEN, ErrorCode.KRB_AP_ERR_REPEAT, token);
    }

    // 8: the checksum

    @Test
    void kerberos_8_a_short_checksum_is_refused() {
        byte[] checksum = ForgedRequest.checksum(0).checksum().toBytes();
        refused(
                GSSException.DEFECTIVE_TOKEN,
                ErrorCode.KRB_ERR_GENERIC,
                realm.request()
                        .rawChecksum(ForgedRequest.checksum(Arrays.copyOf(checksum, 23)))
                        .token());
    }

    @Test
    void kerberos_8_another_length_of_the_bindings_is_refused() {
        byte[] checksum = ForgedRequest.checksum(0).checksum().toBytes();
        checksum[0] = 17;
        refused(
                GSSException.DEFECTIVE_TOKEN,
                ErrorCode.KRB_ERR_GENERIC,
                realm.request().rawChecksum(ForgedRequest.checksum(checksum)).token());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3})
    void kerberos_8_delegation_needs_its_fields_and_its_octets(int octets) {
        ByteBuffer checksum = ByteBuffer.allocate(24 + octets).order(ByteOrder.LITTLE_ENDIAN);
        checksum.putInt(0, 16).putInt(20, 1);
        if (octets >= 2) {
            checksum.putShort(24, (short) 1);
        }
        refused(
                GSSException.DEFECTIVE_TOKEN,
                ErrorCode.KRB_ERR_GENERIC,
                realm.request()
                        .rawChecksum(ForgedRequest.checksum(checksum.array()))
                        .token());
        byte[] tooLong = delegation(new byte[10]).checksum().toBytes();
        tooLong[26] = 11;
        refused(
                GSSException.DEFECTIVE_TOKEN,
                ErrorCode.KRB_ERR_GENERIC,
                realm.request().rawChecksum(ForgedRequest.checksum(tooLong)).token());
    }

    @Test
    void kerberos_8_extensions_and_unknown_flags_are_ignored() throws Exception {
        byte[] extended = Arrays.copyOf(
                ForgedRequest.checksum(0xFFFF_0000 | 0x0800 | 2).checksum().toBytes(), 40);
        extended[30] = 1;
        MechanismContext acceptor = realm.accept(
                realm.request().rawChecksum(ForgedRequest.checksum(extended)).token());
        assertEquals(Set.of(ContextFlag.MUTUAL), acceptor.flags());
    }

    @Test
    void kerberos_8_an_absent_checksum_or_another_is_refused() {
        refused(
                GSSException.FAILURE,
                ErrorCode.KRB_AP_ERR_INAPP_CKSUM,
                realm.request().rawChecksum(null).token());
        refused(
                GSSException.FAILURE,
                ErrorCode.KRB_AP_ERR_INAPP_CKSUM,
                withOwnChecksum(new byte[0]).token());
    }

    @Test
    void kerberos_8_they_are_taken_by_explicit_option_as_mit_takes_them() throws Exception {
        realm.options(AcceptorOptions.DEFAULT.allowing(Relaxation.ABSENT_OR_OTHER_CHECKSUM));
        MechanismContext absent = realm.acceptor();
        byte[] without = realm.request().rawChecksum(null).token();
        assertNull(absent.step(without, 0, without.length));
        assertEquals(Set.of(), absent.flags());

        MechanismContext other = realm.acceptor();
        byte[] ownChecksum = withOwnChecksum(new byte[0]).token();
        assertNotNull(other.step(ownChecksum, 0, ownChecksum.length));
        assertEquals(EnumSet.of(ContextFlag.MUTUAL, ContextFlag.REPLAY, ContextFlag.SEQUENCE), other.flags());
    }

    @Test
    void kerberos_8_another_checksum_must_be_over_no_data() {
        realm.options(AcceptorOptions.DEFAULT.allowing(Relaxation.ABSENT_OR_OTHER_CHECKSUM));
        refused(
                GSSException.FAILURE,
                ErrorCode.KRB_AP_ERR_MODIFIED,
                withOwnChecksum(new byte[1]).token());
        refused(
                GSSException.FAILURE,
                ErrorCode.KRB_AP_ERR_MODIFIED,
                realm.request()
                        .rawChecksum(new Checksum(7, Octets.of(new byte[16])))
                        .token());
    }

    @Test
    void kerberos_8_they_are_never_taken_where_channel_bindings_are_set() throws Exception {
        realm.options(AcceptorOptions.DEFAULT
                .allowing(Relaxation.ABSENT_OR_OTHER_CHECKSUM)
                .allowing(Relaxation.ABSENT_CHANNEL_BINDINGS));
        MechanismContext acceptor = realm.acceptor(bindings("channel"));
        byte[] token = realm.request().rawChecksum(null).token();
        GSSException e = assertThrows(GSSException.class, () -> acceptor.step(token, 0, token.length));
        assertEquals(GSSException.BAD_BINDINGS, e.getMajor());
    }

    private ForgedRequest withOwnChecksum(byte[] data) {
        ForgedTicket ticket = realm.ticket();
        byte[] checksum = ticket.sessionKey().checksum(10, data, 0, data.length);
        return ticket.request()
                .rawChecksum(new Checksum(ticket.sessionKey().type().checksumType(), Octets.of(checksum)));
    }

    // 9: channel bindings

    @Test
    void kerberos_9_the_initiators_bindings_are_ignored_where_none_are_set() throws Exception {
        assertTrue(realm.accept(
                        realm.request().checksum0x8003(bindings("channel"), 0).token())
                .isEstablished());
    }

    @Test
    void kerberos_9_set_bindings_must_match() throws Exception {
        byte[] same = realm.request().checksum0x8003(bindings("channel"), 0).token();
        realm.acceptor(bindings("channel")).step(same, 0, same.length);
        byte[] other = realm.request().checksum0x8003(bindings("other"), 0).token();
        GSSException e = assertThrows(
                GSSException.class, () -> realm.acceptor(bindings("channel")).step(other, 0, other.length));
        assertEquals(GSSException.BAD_BINDINGS, e.getMajor());
    }

    @Test
    void kerberos_9_absent_bindings_are_refused_but_by_explicit_option() throws Exception {
        byte[] none = realm.request().checksum0x8003(null, 0).token();
        GSSException e = assertThrows(
                GSSException.class, () -> realm.acceptor(bindings("channel")).step(none, 0, none.length));
        assertEquals(GSSException.BAD_BINDINGS, e.getMajor());

        realm.options(AcceptorOptions.DEFAULT.allowing(Relaxation.ABSENT_CHANNEL_BINDINGS));
        byte[] allowed = realm.request().checksum0x8003(null, 0).token();
        realm.acceptor(bindings("channel")).step(allowed, 0, allowed.length);
        byte[] other = realm.request().checksum0x8003(bindings("other"), 0).token();
        assertThrows(
                GSSException.class, () -> realm.acceptor(bindings("channel")).step(other, 0, other.length));
    }

    @Test
    void kerberos_9_an_initiator_that_knows_bindings_must_send_them() {
        realm.options(AcceptorOptions.DEFAULT.allowing(Relaxation.ABSENT_CHANNEL_BINDINGS));
        AuthorizationData options = ifRelevant(element(143, new byte[] {0, 0x40, 0, 0}));
        byte[] token = realm.request()
                .checksum0x8003(null, 0)
                .authorizationData(options)
                .token();
        GSSException e = assertThrows(
                GSSException.class, () -> realm.acceptor(bindings("channel")).step(token, 0, token.length));
        assertEquals(GSSException.BAD_BINDINGS, e.getMajor());
    }

    @Test
    void kerberos_9_our_initiator_says_that_it_knows_bindings_if_it_is_told_to() throws Exception {
        AcceptorOptions lenient = AcceptorOptions.DEFAULT.allowing(Relaxation.ABSENT_CHANNEL_BINDINGS);
        for (boolean known : new boolean[] {false, true}) {
            realm.options(known ? lenient.announcing(Announcement.CHANNEL_BINDINGS) : lenient);
            byte[] bound = realm.initiator(realm.ticket(), TestRealm.USUAL, bindings("channel"))
                    .step(new byte[0], 0, 0);
            assertNotNull(realm.acceptor(bindings("channel")).step(bound, 0, bound.length));
            byte[] none = realm.initiator(realm.ticket(), TestRealm.USUAL, null).step(new byte[0], 0, 0);
            assertNotNull(realm.acceptor(null).step(none, 0, none.length));
            byte[] again =
                    realm.initiator(realm.ticket(), TestRealm.USUAL, null).step(new byte[0], 0, 0);
            MechanismContext acceptor = realm.acceptor(bindings("channel"));
            if (known) {
                GSSException e = assertThrows(GSSException.class, () -> acceptor.step(again, 0, again.length));
                assertEquals(GSSException.BAD_BINDINGS, e.getMajor());
            } else {
                assertNotNull(acceptor.step(again, 0, again.length));
            }
        }
    }

    private static ChannelBinding bindings(String data) {
        return new ChannelBinding(data.getBytes(StandardCharsets.UTF_8));
    }

    // 10: the delegated credential

    @Test
    void kerberos_10_one_granting_ticket_of_the_client_is_taken() throws Exception {
        ForgedTicket ticket = realm.ticket();
        assertDelegated(true, ticket, credential(ticket, ticket.sessionKey(), TestRealm.ALICE, granting()));
    }

    @Test
    void kerberos_10_it_may_be_encrypted_in_the_subkey() throws Exception {
        ForgedTicket ticket = realm.ticket();
        ForgedRequest request = ticket.request();
        MechanismContext acceptor = realm.accept(
                request.rawChecksum(delegation(credential(ticket, request.subkey(), TestRealm.ALICE, granting())))
                        .token());
        assertTrue(acceptor.flags().contains(ContextFlag.DELEG));
    }

    @Test
    void kerberos_10_a_credential_in_clear_is_not_taken() throws Exception {
        ForgedTicket ticket = realm.ticket();
        byte[] part = part(TestRealm.ALICE, 1).encode();
        KrbCred inClear = new KrbCred(List.of(granting()), new EncryptedData(0, OptionalLong.empty(), Octets.of(part)));
        assertDelegated(false, ticket, inClear.encode());
    }

    @Test
    void kerberos_10_another_clients_credential_is_not_taken() throws Exception {
        ForgedTicket ticket = realm.ticket();
        assertDelegated(
                false,
                ticket,
                credential(ticket, ticket.sessionKey(), TestRealm.principal("bob@EXAMPLE.TEST"), granting()));
    }

    @Test
    void kerberos_10_two_tickets_or_a_ticket_for_another_service_are_not_taken() throws Exception {
        ForgedTicket two = realm.ticket();
        assertDelegated(false, two, credential(two, two.sessionKey(), TestRealm.ALICE, granting(), granting()));
        ForgedTicket other = realm.ticket();
        assertDelegated(
                false,
                other,
                credential(
                        other,
                        other.sessionKey(),
                        TestRealm.ALICE,
                        realm.ticket().seal()));
    }

    @Test
    void kerberos_10_another_key_or_usage_is_not_taken() throws Exception {
        ForgedTicket ticket = realm.ticket();
        EncryptionKey stranger = EncryptionKey.generate(realm.type, realm.random);
        assertDelegated(false, ticket, credential(ticket, stranger, TestRealm.ALICE, granting()));
        ForgedTicket usage = realm.ticket();
        KrbCred otherUsage = new KrbCred(
                List.of(granting()),
                EncryptedData.seal(
                        usage.sessionKey(), 13, part(TestRealm.ALICE, 1).encode(), realm.random));
        assertDelegated(false, usage, otherUsage.encode());
    }

    @Test
    void kerberos_10_a_ticket_with_names_that_the_platform_does_not_have_is_not_taken() throws Exception {
        for (Principal service : List.of(
                new Principal(PrincipalName.of(PrincipalName.NT_SRV_INST, "krbtgt", TestRealm.NAME), ""),
                new Principal(PrincipalName.of(PrincipalName.NT_SRV_INST, "krbtgt", TestRealm.NAME), "A/B"))) {
            ForgedTicket ticket = realm.ticket();
            Ticket granting = new Ticket(service, granting().encPart());
            assertDelegated(false, ticket, credential(ticket, ticket.sessionKey(), TestRealm.ALICE, granting));
        }
    }

    @Test
    void kerberos_10_without_the_flag_nothing_is_delegated() throws Exception {
        MechanismContext acceptor = realm.accept(realm.request().token());
        assertNull(acceptor.delegatedCredential());
        assertFalse(acceptor.flags().contains(ContextFlag.DELEG));
    }

    private void assertDelegated(boolean expected, ForgedTicket ticket, byte[] credential) throws Exception {
        MechanismContext acceptor = realm.accept(
                ticket.request().rawChecksum(delegation(credential)).token());
        assertEquals(expected, acceptor.flags().contains(ContextFlag.DELEG));
        assertEquals(expected, acceptor.delegatedCredential() != null);
        if (expected) {
            assertEquals(
                    TestRealm.ALICE.toString(),
                    acceptor.delegatedCredential().getName().toString());
        }
    }

    private Ticket granting() {
        return realm.ticket().service("krbtgt/EXAMPLE.TEST@EXAMPLE.TEST").seal();
    }

    private EncKrbCredPart part(Principal client, int tickets) {
        KrbCredInfo info = new KrbCredInfo(
                EncryptionKey.generate(realm.type, realm.random),
                client.realm(),
                client.name(),
                KerberosFlags.NONE.with(TicketFlag.FORWARDED),
                realm.now(),
                realm.now(),
                realm.now().plus(Duration.ofHours(1)),
                null,
                null,
                null,
                List.of());
        return new EncKrbCredPart(
                Collections.nCopies(tickets, info), OptionalLong.empty(), null, OptionalInt.empty(), null, null);
    }

    private byte[] credential(ForgedTicket ticket, EncryptionKey key, Principal client, Ticket... tickets) {
        EncryptedData sealed = EncryptedData.seal(
                key, KrbCred.KEY_USAGE, part(client, tickets.length).encode(), ticket.realm.random);
        return new KrbCred(List.of(tickets), sealed).encode();
    }

    static Checksum delegation(byte[] credential) {
        return new AuthenticatorChecksum(Octets.of(new byte[16]), 1, Octets.of(credential), Octets.of(new byte[0]))
                .encode();
    }

    // 11: authorization data

    @Test
    void kerberos_11_the_tickets_and_the_clients_authorization_data_are_kept_apart() throws Exception {
        AuthorizationData kdcs = ifRelevant(element(512, new byte[] {1, 2, 3}));
        AuthorizationData clients = ifRelevant(element(513, new byte[] {4}));
        MechanismContext acceptor = realm.accept(realm.ticket()
                .authorizationData(kdcs)
                .request()
                .authorizationData(clients)
                .token());
        Krb5Details details = acceptor.details(Krb5Details.class).orElseThrow();
        assertArrayEquals(
                kdcs.elements().get(0).data().toBytes(),
                details.ticketAuthorizationData().get(0).data());
        assertArrayEquals(
                clients.elements().get(0).data().toBytes(),
                details.authenticatorAuthorizationData().get(0).data());
        AuthorizationDataEntry[] entries =
                assertInstanceOf(AuthorizationDataEntry[].class, acceptor.inquire(InquireType.KRB5_GET_AUTHZ_DATA));
        assertEquals(1, entries.length);
        assertEquals(1, entries[0].getType());
        assertArrayEquals(kdcs.elements().get(0).data().toBytes(), entries[0].getData());
        assertFalse(details.pacVerified());
    }

    @ParameterizedTest
    @EnumSource(EncryptionType.class)
    void kerberos_11_a_pac_that_the_kdc_signed_is_verified(EncryptionType type) throws Exception {
        TestRealm own = new TestRealm(type);
        assertTrue(pacVerified(own, new ForgedPac(own.ticket()).sign()));
    }

    @Test
    void kerberos_11_a_changed_pac_is_not_reported_as_verified() throws Exception {
        byte[] pac = new ForgedPac(realm.ticket()).sign();
        pac[pac.length - 1] ^= 1; // in the KDC's own checksum, which the service's does not cover
        assertTrue(pacVerified(realm, pac));
        for (int at : new int[] {ForgedPac.LOGON_INFO, ForgedPac.CLIENT_NAME, ForgedPac.SERVER_CHECKSUM}) {
            byte[] changed = new ForgedPac(realm.ticket()).sign();
            changed[at] ^= 1;
            assertFalse(pacVerified(realm, changed), "changed at " + at);
        }
    }

    @Test
    void kerberos_11_a_pac_of_another_client_or_time_is_not_reported_as_verified() throws Exception {
        assertFalse(
                pacVerified(realm, new ForgedPac(realm.ticket()).client("bob").sign()));
        assertFalse(pacVerified(
                realm,
                new ForgedPac(realm.ticket())
                        .authTime(realm.now().minus(Duration.ofDays(1)))
                        .sign()));
        assertFalse(pacVerified(
                realm,
                new ForgedPac(realm.ticket())
                        .key(TestRealm.aes256().serviceKey(3))
                        .sign()));
    }

    @Test
    void kerberos_11_a_pac_that_the_client_sends_is_not_reported_as_verified() throws Exception {
        byte[] pac = new ForgedPac(realm.ticket()).sign();
        MechanismContext acceptor = realm.accept(realm.request()
                .authorizationData(ifRelevant(element(AuthorizationData.AD_WIN2K_PAC, pac)))
                .token());
        assertFalse(acceptor.details(Krb5Details.class).orElseThrow().pacVerified());
    }

    @Test
    void kerberos_11_two_pacs_are_not_reported_as_verified() throws Exception {
        AuthorizationData.Element pac = element(AuthorizationData.AD_WIN2K_PAC, new ForgedPac(realm.ticket()).sign());
        assertFalse(pacVerified(realm, ifRelevant(pac, pac)));
    }

    @Test
    void kerberos_11_a_malformed_pac_is_no_reason_to_refuse() throws Exception {
        byte[] pac = new ForgedPac(realm.ticket()).sign();
        for (int length = 0; length < pac.length; length++) {
            assertFalse(pacVerified(realm, Arrays.copyOf(pac, length)), "cut at " + length);
        }
    }

    @Test
    void kerberos_11_a_pac_whose_signature_ends_before_its_checksum_is_no_reason_to_refuse() throws Exception {
        byte[] pac = new ForgedPac(realm.ticket()).sign();
        int whole = pac[ForgedPac.KDC_BUFFER_SIZE_AT];
        for (int size = 0; size < whole; size++) {
            pac[ForgedPac.KDC_BUFFER_SIZE_AT] = (byte) size;
            assertFalse(pacVerified(realm, pac), "a signature of " + size + " octets");
        }
    }

    private static boolean pacVerified(TestRealm realm, byte[] pac) throws GSSException {
        return pacVerified(realm, ifRelevant(element(AuthorizationData.AD_WIN2K_PAC, pac)));
    }

    private static boolean pacVerified(TestRealm realm, AuthorizationData data) throws GSSException {
        MechanismContext acceptor =
                realm.accept(realm.ticket().authorizationData(data).request().token());
        return acceptor.details(Krb5Details.class).orElseThrow().pacVerified();
    }

    static AuthorizationData.Element element(int type, byte[] data) {
        return new AuthorizationData.Element(type, Octets.of(data));
    }

    static AuthorizationData ifRelevant(AuthorizationData.Element... elements) {
        byte[] inner = new AuthorizationData(List.of(elements)).encode();
        return new AuthorizationData(List.of(element(AuthorizationData.AD_IF_RELEVANT, inner)));
    }

    // 15: the answer to a refused request

    @Test
    void kerberos_15_a_refusal_is_answered_with_a_krb_error_that_names_the_code_alone() throws Exception {
        OutputTokenException e = refused(
                GSSException.FAILURE,
                ErrorCode.KRB_AP_ERR_SKEW,
                realm.request()
                        .time(Instant.parse("2000-01-02T03:04:05.678901Z"))
                        .token());
        KrbError error = error(e);
        assertEquals(Instant.parse("2000-01-02T03:04:05Z"), error.ctime());
        assertEquals(OptionalInt.of(678901), error.cusec());
        assertEquals(TestRealm.SERVICE, error.service());
        assertEquals("KRB_AP_ERR_SKEW (37): \"KRB_AP_ERR_SKEW\"", error.describe());
    }

    private OutputTokenException refused(int major, ErrorCode code, byte[] token) {
        return refused(realm, major, code, token);
    }

    private static OutputTokenException refused(TestRealm realm, int major, ErrorCode code, byte[] token) {
        OutputTokenException e = assertThrows(OutputTokenException.class, () -> realm.accept(token));
        assertEquals(code.number(), e.getMinor(), e.getMessage());
        assertEquals(major, e.getMajor(), e.getMessage());
        try {
            assertEquals(code.number(), error(e).errorCode());
        } catch (GSSException malformed) {
            throw new AssertionError(malformed);
        }
        return e;
    }

    private static KrbError error(OutputTokenException e) throws GSSException {
        byte[] token = e.getOutputToken();
        GssFraming frame = GssFraming.decode(token, 0, token.length);
        assertEquals(TokenId.KRB_ERROR, frame.tokenId());
        return KrbError.decode(token, frame.offset(), frame.length());
    }

    private static int indexOf(byte[] octets, byte[] part) {
        for (int i = 0; i <= octets.length - part.length; i++) {
            if (Arrays.equals(octets, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        throw new AssertionError("not there");
    }
}
