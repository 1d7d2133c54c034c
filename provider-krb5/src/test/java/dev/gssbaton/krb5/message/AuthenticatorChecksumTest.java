package dev.gssbaton.krb5.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AuthenticatorChecksumTest {
    private static final Octets BND = Samples.octets(16, 0xBB);
    private static final Octets EMPTY = Samples.octets(0, 0);

    @Test
    void rfc4121_4_1_1_fields_are_little_endian_and_in_this_order() {
        assertEquals("10000000" + "bb".repeat(16) + "3e000000", hex(new AuthenticatorChecksum(BND, 0x3E, null, EMPTY)));
        assertEquals(
                "10000000" + "bb".repeat(16) + "01800000" + "0100" + "0301" + "dd".repeat(259) + "ee",
                hex(new AuthenticatorChecksum(BND, 0x8001, Samples.octets(259, 0xDD), Samples.octets(1, 0xEE))));
    }

    @Test
    void rfc4121_4_1_1_1_unknown_flags_are_kept_and_extensions_are_not_looked_at() throws Exception {
        AuthenticatorChecksum read = decode("10000000" + "bb".repeat(16) + "feffffff" + "01000000");
        assertEquals(0xFFFF_FFFE, read.flags());
        assertNull(read.delegation());
        assertEquals(4, read.extensions().length());
    }

    @Test
    void parts_that_do_not_belong_together_are_refused() {
        assertThrows(
                IllegalArgumentException.class, () -> new AuthenticatorChecksum(Samples.octets(15, 0), 0, null, EMPTY));
        assertThrows(IllegalArgumentException.class, () -> new AuthenticatorChecksum(BND, 1, null, EMPTY));
        assertThrows(IllegalArgumentException.class, () -> new AuthenticatorChecksum(BND, 0, EMPTY, EMPTY));
        assertThrows(
                IllegalArgumentException.class,
                () -> new AuthenticatorChecksum(BND, 1, Samples.octets(0x10000, 0), EMPTY));
    }

    @Test
    void rfc4121_4_1_1_the_delegation_flag_asks_for_its_fields() {
        String flagged = "10000000" + "bb".repeat(16) + "01000000";
        for (String tail : new String[] {"", "0100", "010000", "01000100", "00000000", "02000000"}) {
            assertThrows(MalformedMessageException.class, () -> decode(flagged + tail), tail);
        }
    }

    private static String hex(AuthenticatorChecksum checksum) {
        Checksum encoded = checksum.encode();
        assertEquals(0x8003, encoded.type());
        return HexFormat.of().formatHex(encoded.checksum().toBytes());
    }

    private static AuthenticatorChecksum decode(String hex) throws MalformedMessageException {
        return AuthenticatorChecksum.decode(new Checksum(
                AuthenticatorChecksum.TYPE, Octets.of(HexFormat.of().parseHex(hex))));
    }
}
