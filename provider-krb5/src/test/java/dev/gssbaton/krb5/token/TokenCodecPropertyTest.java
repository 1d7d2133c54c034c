package dev.gssbaton.krb5.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.ietf.jgss.GSSException;

class TokenCodecPropertyTest {
    @Property(tries = 200)
    void a_wrap_header_comes_back(
            @ForAll @IntRange(max = 0xFF) int flags,
            @ForAll @IntRange(max = 0xFFFF) int ec,
            @ForAll @IntRange(max = 0xFFFF) int rrc,
            @ForAll long sndSeq,
            @ForAll @IntRange(max = 9) int offset)
            throws GSSException {
        WrapToken header = new WrapToken(flags, ec, rrc, sndSeq);
        byte[] token = new byte[offset + 20];
        header.encode(token, offset);
        assertEquals(header, WrapToken.decode(token, offset, 20));
        assertEquals(header, WrapToken.decode(token, offset, 16));
    }

    @Property(tries = 200)
    void a_mic_header_comes_back(
            @ForAll @IntRange(max = 0xFF) int flags, @ForAll long sndSeq, @ForAll @IntRange(max = 9) int offset)
            throws GSSException {
        MicToken header = new MicToken(flags & ~TokenFlags.SEALED, sndSeq);
        byte[] token = new byte[offset + 20];
        header.encode(token, offset);
        assertEquals(header, MicToken.decode(token, offset, 20));
        assertEquals(header, MicToken.decode(token, offset, 16));
    }

    @Property(tries = 500)
    void what_is_accepted_encodes_to_the_same_octets(@ForAll @Size(16) byte[] octets, @ForAll boolean repaired) {
        byte[] token = octets.clone();
        if (repaired) {
            token[0] = (byte) ((octets[0] & 1) | 4);
            token[1] = 4;
            Arrays.fill(token, 3, token[0] == 4 ? 8 : 4, (byte) 0xFF);
        }
        try {
            byte[] again = new byte[16];
            if (token[0] == 5) {
                WrapToken.decode(token, 0, 16).encode(again, 0);
            } else {
                MicToken.decode(token, 0, 16).encode(again, 0);
            }
            assertArrayEquals(token, again);
        } catch (GSSException e) {
            assertEquals(GSSException.DEFECTIVE_TOKEN, e.getMajor());
        }
    }

    @Example
    void rfc4121_4_2_6_octets() throws GSSException {
        byte[] token = new byte[16];
        new WrapToken(0x06, 0x0102, 0x0304, 0x05060708090A0B0CL).encode(token, 0);
        assertEquals("050406ff01020304" + "05060708090a0b0c", HexFormat.of().formatHex(token));
        new MicToken(0x05, 0x05060708090A0B0CL).encode(token, 0);
        assertEquals("040405ffffffffff" + "05060708090a0b0c", HexFormat.of().formatHex(token));
    }

    @Example
    void what_is_no_header_is_defective() {
        String wrap = "050406ff000000000000000000000001";
        String mic = "040404ffffffffff0000000000000001";
        for (int length = 0; length < 16; length++) {
            assertWrapRefused(wrap, length, "a wrap token has at least 16 octets, not " + length);
            assertMicRefused(mic, length, "a MIC token has at least 16 octets, not " + length);
        }
        assertWrapRefused(mic, 16, "the TOK_ID is not that of a wrap token");
        assertMicRefused(wrap, 16, "the TOK_ID is not that of a MIC token");
        assertWrapRefused("050406fe000000000000000000000001", 16, "the filler of the wrap token is not FF");
        for (int filler = 3; filler < 8; filler++) {
            String changed = mic.substring(0, 2 * filler) + "7f" + mic.substring(2 * filler + 2);
            assertMicRefused(changed, 16, "the filler of the MIC token is not FF");
        }
        assertMicRefused(
                "040406ffffffffff0000000000000001",
                16,
                "the flags of the MIC token say that it is sealed, which a MIC token never is");
        String rfc1964 = "a token of RFC 1964, where this context's key takes those of RFC 4121";
        assertWrapRefused("603f06092a864886f71201020202010000", 17, rfc1964);
        assertMicRefused("603f06092a864886f71201020201010000", 17, rfc1964);
    }

    private static void assertWrapRefused(String token, int length, String text) {
        byte[] octets = HexFormat.of().parseHex(token);
        assertRefused(assertThrows(GSSException.class, () -> WrapToken.decode(octets, 0, length)), text);
    }

    private static void assertMicRefused(String token, int length, String text) {
        byte[] octets = HexFormat.of().parseHex(token);
        assertRefused(assertThrows(GSSException.class, () -> MicToken.decode(octets, 0, length)), text);
    }

    private static void assertRefused(GSSException e, String text) {
        assertEquals(GSSException.DEFECTIVE_TOKEN, e.getMajor());
        assertEquals(text, e.getMinorString());
        assertTrue(e.getMessage().contains(text));
    }
}
