package dev.gssbaton.krb5.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.FuzzCorpus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HexFormat;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a refusal says: a code for the peer, the field's name, never an octet. */
class MessageFailureTest {
    @ParameterizedTest
    @CsvSource({
        "AP_REQ, version-4, KRB_AP_ERR_BADVERSION, pvno",
        "AP_REP, version-4, KRB_AP_ERR_BADVERSION, pvno",
        "TICKET, version-4, KRB_AP_ERR_BADVERSION, tkt-vno",
        "AUTHENTICATOR, version-4, KRB_AP_ERR_BADVERSION, authenticator-vno",
        "AP_REQ, other-message-type, KRB_AP_ERR_MSG_TYPE, 14",
        "AP_REP, other-message-type, KRB_AP_ERR_MSG_TYPE, 15",
        "KRB_ERROR, other-message-type, KRB_AP_ERR_MSG_TYPE, 30",
        "CONTEXT_TOKEN, tok-id-unknown, KRB_AP_ERR_MSG_TYPE, TOK_ID",
        "AP_REQ, flags-too-few, KRB_ERR_GENERIC, ap-options",
        "ENC_TICKET_PART, time-no-month, KRB_ERR_GENERIC, authtime",
        "AUTHENTICATOR, string-not-utf8, KRB_ERR_GENERIC, crealm",
        "ENC_AP_REP_PART, octet-behind, KRB_ERR_GENERIC, EncAPRepPart",
    })
    void kerberos_md_1_the_code_tells_failures_apart(MessageDecoder decoder, String seed, ErrorCode code, String named)
            throws Exception {
        byte[] input = Files.readAllBytes(FuzzCorpus.of(decoder.folder()).stream()
                .filter(file -> file.getFileName().toString().equals("refused-" + seed + ".bin"))
                .findFirst()
                .orElseThrow());
        MalformedMessageException e = assertThrows(MalformedMessageException.class, () -> decoder.roundTrip(input));
        assertEquals(code, e.errorCode());
        assertEquals(GSSException.DEFECTIVE_TOKEN, e.getMajor());
        assertEquals(code.number(), e.getMinor());
        assertTrue(e.getMessage().contains(named), e.getMessage());
        String hex = HexFormat.of().formatHex(input);
        assertFalse(hex.length() > 40 && e.getMessage().contains(hex.substring(hex.length() - 8)), e.getMessage());
    }

    @Test
    void a_key_of_an_unknown_type_is_not_supported() throws Exception {
        byte[] part = Samples.of(MessageDecoder.ENC_AP_REP_PART).get(1).clone();
        int at = indexOf(part, 0x02, 0x01, 19) + 2;
        part[at] = 24;
        KerberosException e =
                assertThrows(KerberosException.class, () -> MessageDecoder.ENC_AP_REP_PART.roundTrip(part));
        assertEquals(ErrorCode.KDC_ERR_ETYPE_NOSUPP, e.errorCode());
        assertTrue(e.getMessage().contains("24") && e.getMessage().contains("acceptor's subkey"), e.getMessage());
        part[at] = 18; // with the 16 octets of another type
        assertThrows(MalformedMessageException.class, () -> MessageDecoder.ENC_AP_REP_PART.roundTrip(part));
    }

    @Test
    void a_peers_text_is_cut_short_and_made_printable() {
        String sent = "bad\u001b[31m\n\u00e9" + "x".repeat(300);
        String text = Samples.error(ErrorCode.KRB_AP_ERR_SKEW, Octets.of(sent.getBytes(StandardCharsets.UTF_8)))
                .describe();
        assertTrue(text.startsWith("KRB_AP_ERR_SKEW (37): \"bad?[31m??xx"), text);
        assertTrue(text.endsWith("x…\""), text);
        assertTrue(text.length() < 240, text);
    }

    @Test
    void an_error_without_text_or_name_is_described_by_its_number() throws Exception {
        byte[] full = Samples.of(MessageDecoder.KRB_ERROR).get(1);
        assertTrue(KrbError.decode(full, 0, full.length).describe().startsWith("error -1"));
        KrbError silent = Samples.error(ErrorCode.KRB_AP_ERR_REPEAT, null);
        assertEquals("KRB_AP_ERR_REPEAT (34)", silent.describe());
    }

    @Test
    void what_is_larger_than_any_message_is_refused() {
        byte[] large = new byte[DerReader.MAX_MESSAGE + 1];
        MalformedMessageException e =
                assertThrows(MalformedMessageException.class, () -> ApReq.decode(large, 0, large.length));
        assertTrue(e.getMessage().contains("longer than"), e.getMessage());
    }

    private static int indexOf(byte[] in, int... wanted) {
        for (int at = 0; at <= in.length - wanted.length; at++) {
            boolean found = true;
            for (int i = 0; i < wanted.length; i++) {
                found &= in[at + i] == (byte) wanted[i];
            }
            if (found) {
                return at;
            }
        }
        throw new AssertionError("not found");
    }
}
