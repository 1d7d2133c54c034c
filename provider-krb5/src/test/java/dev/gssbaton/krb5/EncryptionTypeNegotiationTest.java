package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.credential.AcceptorOptions;
import dev.gssbaton.krb5.credential.Krb5Details;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.ApReq;
import dev.gssbaton.krb5.message.Authenticator;
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.EtypeList;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.MechanismContext;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The enctype negotiation of RFC 4537, as initiator and as acceptor. */
class EncryptionTypeNegotiationTest {
    private final TestRealm realm = new TestRealm(EncryptionType.AES128_CTS_HMAC_SHA1_96);

    private static AcceptorOptions preferring(Integer... numbers) {
        return AcceptorOptions.DEFAULT.withPreferredEncryptionTypes(List.of(numbers));
    }

    private MechanismContext initiator(ForgedTicket ticket, AcceptorOptions options, Set<ContextFlag> flags)
            throws GSSException {
        return realm.mechanism.initiator(
                new InitiatorRequest(
                        PlatformName.of(TestRealm.SERVICE).name(),
                        realm.options(options).initiatorCredential(ticket),
                        0,
                        flags,
                        null),
                realm.environment());
    }

    private MechanismContext acceptor(AcceptorOptions options) throws GSSException {
        return realm.mechanism.acceptor(
                new AcceptorRequest(realm.options(options).acceptorCredential(), null), realm.environment());
    }

    private static int typeOf(MechanismContext context) {
        return context.details(Krb5Details.class).orElseThrow().encryptionType();
    }

    @ParameterizedTest
    @CsvSource({
        "'20,18', '20,18', 20",
        "'18,20', '20,18', 20", // the acceptor chooses
        "'20,18', '19,18', 18",
        "'26', '20,26', 26",
        "'25,17', '25', 25",
        "'20', '17,20', 17", // the KDC's choice is one that the acceptor likes better
        "'17,20', '20', 17", // and one that the initiator likes better
        "'20', '', 17",
        "'', '20', 17",
        "'20', '18', 17",
    })
    void rfc4537_3_the_acceptor_takes_what_it_likes_best_of_what_is_offered(
            String offered, String preferred, int expected) throws Exception {
        MechanismContext initiator = initiator(realm.ticket(), preferring(numbers(offered)), TestRealm.USUAL);
        MechanismContext acceptor = acceptor(preferring(numbers(preferred)));
        TestRealm.establish(initiator, acceptor);
        for (MechanismContext side : List.of(initiator, acceptor)) {
            assertEquals(expected, typeOf(side));
            assertEquals(
                    17, ((Krb5Context) side).state().keys().sessionKey().type().number());
        }
        for (boolean privacy : new boolean[] {false, true}) {
            EstablishTest.exchange(initiator, acceptor, privacy);
            EstablishTest.exchange(acceptor, initiator, privacy);
        }
        MechanismContext moved = ExportedState.read(
                ExportedState.write(acceptor, Delegation.DROP), Delegation.DROP, realm.environment());
        assertEquals(expected, typeOf(moved));
        EstablishTest.exchange(initiator, moved, true);
    }

    @Test
    void rfc4537_1_rc4_is_left_where_both_sides_can() throws Exception {
        AcceptorOptions weak = AcceptorOptions.DEFAULT.withPermittedEncryptionTypes(Set.of(17, 18, 23));
        ForgedTicket ticket = realm.ticket().sessionType(EncryptionType.RC4_HMAC);
        MechanismContext initiator = initiator(ticket, weak, TestRealm.USUAL);
        MechanismContext acceptor = acceptor(weak);
        TestRealm.establish(initiator, acceptor);
        assertEquals(18, typeOf(initiator));
        assertEquals(18, typeOf(acceptor));
        EstablishTest.exchange(initiator, acceptor, true);
        EstablishTest.exchange(acceptor, initiator, true);

        MechanismContext single = initiator(realm.ticket().sessionType(EncryptionType.RC4_HMAC), weak, Set.of());
        single.step(new byte[0], 0, 0);
        assertEquals(23, typeOf(single));
    }

    private static Integer[] numbers(String list) {
        return list.isEmpty()
                ? new Integer[0]
                : List.of(list.split(",")).stream().map(Integer::valueOf).toArray(Integer[]::new);
    }

    @Test
    void rfc4537_3_the_list_is_in_an_ad_if_relevant_and_ends_with_the_session_keys_type() throws Exception {
        ForgedTicket ticket = realm.ticket();
        Authenticator sent = sent(ticket, preferring(20, 18, 26), TestRealm.USUAL);
        AuthorizationData.Element element = sent.authorizationData().elements().get(0);
        assertEquals(AuthorizationData.AD_IF_RELEVANT, element.type());
        String list = "300c" + "020114" + "020112" + "02011a" + "020111"; // 20, 18, 26, 17
        String inner = "301a" + "3018" + "a004" + "02020081" + "a110" + "040e" + list; // ad-type 129
        assertEquals(inner, HexFormat.of().formatHex(element.data().toBytes()));
    }

    @Test
    void rfc4537_3_nothing_is_offered_without_mutual_authentication_or_a_preference() throws Exception {
        assertEquals(
                AuthorizationData.NONE,
                sent(realm.ticket(), preferring(20), EnumSet.of(ContextFlag.INTEG))
                        .authorizationData());
        assertEquals(
                AuthorizationData.NONE,
                sent(realm.ticket(), AcceptorOptions.DEFAULT, TestRealm.USUAL).authorizationData());
        assertEquals(
                AuthorizationData.NONE,
                sent(realm.ticket(), preferring(17, 20), TestRealm.USUAL).authorizationData());
        assertEquals(
                Optional.of(new EtypeList(List.of(18, 17))),
                EtypeList.find(sent(realm.ticket(), preferring(18, 17, 20), TestRealm.USUAL)
                        .authorizationData()));
    }

    private Authenticator sent(ForgedTicket ticket, AcceptorOptions options, Set<ContextFlag> flags) throws Exception {
        byte[] token = initiator(ticket, options, flags).step(new byte[0], 0, 0);
        GssFraming frame = GssFraming.decode(token, 0, token.length);
        return ApReq.decode(token, frame.offset(), frame.length())
                .authenticator()
                .open(ticket.sessionKey(), Authenticator.KEY_USAGE, Authenticator::decode);
    }

    @Test
    void rfc4537_3_without_mutual_authentication_there_is_nothing_to_negotiate() throws Exception {
        MechanismContext acceptor = acceptor(preferring(20));
        byte[] token = realm.request()
                .flags(EnumSet.of(ContextFlag.INTEG))
                .authorizationData(new EtypeList(List.of(20, 17)).toAuthorizationData())
                .token();
        assertNull(acceptor.step(token, 0, token.length));
        assertEquals(17, typeOf(acceptor));
    }

    @Test
    void rfc4537_3_unknown_types_and_those_that_are_not_permitted_are_passed_over() throws Exception {
        AcceptorOptions options = AcceptorOptions.DEFAULT
                .withPermittedEncryptionTypes(Set.of(17, 18))
                .withPreferredEncryptionTypes(List.of(18));
        assertEquals(18, accepted(options, List.of(-1, 16, 3, 20, 23, 18, 17)));
        assertEquals(17, accepted(options, List.of(20, 23, 17)));
        assertEquals(17, accepted(options, List.of()));
    }

    private int accepted(AcceptorOptions options, List<Integer> offered) throws Exception {
        MechanismContext acceptor = acceptor(options);
        byte[] token = realm.request()
                .authorizationData(new EtypeList(offered).toAuthorizationData())
                .token();
        acceptor.step(token, 0, token.length);
        return typeOf(acceptor);
    }

    @Test
    void rfc4537_3_a_malformed_list_is_refused() throws Exception {
        for (String list : List.of("", "30", "3003020114ff", "3003a00114", "300402020014", "3100", "3080020114 0000")) {
            AuthorizationData data = AcceptorCheckTest.ifRelevant(
                    AcceptorCheckTest.element(129, HexFormat.of().parseHex(list.replace(" ", ""))));
            byte[] token = realm.request().authorizationData(data).token();
            GSSException e = assertThrows(GSSException.class, () -> realm.accept(token), list);
            assertEquals(GSSException.DEFECTIVE_TOKEN, e.getMajor(), list);
        }
        byte[] endless = realm.request()
                .authorizationData(new EtypeList(Collections.nCopies(65, 20)).toAuthorizationData())
                .token();
        GSSException e = assertThrows(GSSException.class, () -> realm.accept(endless));
        assertEquals(GSSException.DEFECTIVE_TOKEN, e.getMajor());
    }

    @Test
    void kerberos_12_a_subkey_of_a_type_that_was_not_offered_is_refused() throws Exception {
        assertRefused(AcceptorOptions.DEFAULT, preferring(20), List.of(20, 17));
        assertRefused(preferring(18), preferring(20), List.of(20, 17));
    }

    /** An acceptor that believes it was offered what it was not. */
    private void assertRefused(AcceptorOptions ours, AcceptorOptions theirs, List<Integer> believed) throws Exception {
        ForgedTicket ticket = realm.ticket();
        MechanismContext initiator = initiator(ticket, ours, TestRealm.USUAL);
        byte[] request = initiator.step(new byte[0], 0, 0);
        GssFraming frame = GssFraming.decode(request, 0, request.length);
        Authenticator sent = ApReq.decode(request, frame.offset(), frame.length())
                .authenticator()
                .open(ticket.sessionKey(), Authenticator.KEY_USAGE, Authenticator::decode);
        byte[] forged = ticket.request()
                .time(sent.time())
                .authorizationData(new EtypeList(believed).toAuthorizationData())
                .token();
        byte[] reply = acceptor(theirs).step(forged, 0, forged.length);
        GSSException e = assertThrows(GSSException.class, () -> initiator.step(reply, 0, reply.length));
        assertEquals(ErrorCode.KDC_ERR_ETYPE_NOSUPP.number(), e.getMinor(), e.getMessage());
    }

    @Test
    void kerberos_12_a_session_key_that_is_not_permitted_is_not_used() throws Exception {
        AcceptorOptions strict = AcceptorOptions.DEFAULT.withPermittedEncryptionTypes(Set.of(18, 20));
        MechanismContext initiator = initiator(realm.ticket(), strict, TestRealm.USUAL);
        GSSException e = assertThrows(GSSException.class, () -> initiator.step(new byte[0], 0, 0));
        assertEquals(ErrorCode.KDC_ERR_ETYPE_NOSUPP.number(), e.getMinor());
        MechanismContext permitted =
                initiator(realm.ticket().sessionType(EncryptionType.AES256_CTS_HMAC_SHA1_96), strict, TestRealm.USUAL);
        assertTrue(permitted.step(new byte[0], 0, 0).length > 0);
    }
}
