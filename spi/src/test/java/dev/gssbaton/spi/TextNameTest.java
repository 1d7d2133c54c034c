package dev.gssbaton.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class TextNameTest {
    private static final Oid MECHANISM = Mechanism.oid("1.3.6.1.4.1.32473.1");
    private static final Oid OTHER = Mechanism.oid("1.3.6.1.4.1.32473.2");
    private static final TextName ALICE = new TextName(MECHANISM, "alice");

    @Test
    void rfc2743_3_2_exported_name_has_this_form() throws GSSException {
        assertEquals(
                "0401" + "000b" + "06092b0601040181fd5901" + "00000005" + "616c696365",
                HexFormat.of().formatHex(ALICE.export()));
        assertEquals(ALICE, TextName.parse(MECHANISM, ALICE.export(), GSSName.NT_EXPORT_NAME));
    }

    @Test
    void a_name_has_one_encoding() throws GSSException {
        for (String text : List.of("", "x".repeat(256), "ä".repeat(128), "\uD800")) {
            assertThrows(IllegalArgumentException.class, () -> new TextName(MECHANISM, text));
            assertRefused(GSSException.BAD_NAME, () -> TextName.parse(MECHANISM, text, null));
        }
        assertEquals(
                255,
                TextName.parse(MECHANISM, "x".repeat(255), GSSName.NT_USER_NAME).octets().length);
        assertEquals(
                "ä",
                TextName.parse(MECHANISM, new byte[] {(byte) 0xC3, (byte) 0xA4}, null)
                        .text());
        assertRefused(GSSException.BAD_NAME, () -> TextName.parse(MECHANISM, new byte[] {(byte) 0xC3}, null));
        byte[] exported = ALICE.export();
        for (int length = 0; length < exported.length; length++) {
            byte[] cut = Arrays.copyOf(exported, length);
            assertRefused(GSSException.BAD_NAME, () -> TextName.parse(MECHANISM, cut, GSSName.NT_EXPORT_NAME));
        }
        for (int bit = 0; bit < 8 * (exported.length - 5); bit++) {
            byte[] changed = exported.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            assertRefused(GSSException.BAD_NAME, () -> TextName.parse(MECHANISM, changed, GSSName.NT_EXPORT_NAME));
        }
        byte[] longer = Arrays.copyOf(exported, exported.length + 1);
        assertRefused(GSSException.BAD_NAME, () -> TextName.parse(MECHANISM, longer, GSSName.NT_EXPORT_NAME));
    }

    @Test
    void another_type_is_refused() {
        Oid hostBased = GSSName.NT_HOSTBASED_SERVICE;
        assertRefused(GSSException.BAD_NAMETYPE, () -> TextName.parse(MECHANISM, "alice", hostBased));
        assertRefused(GSSException.BAD_NAMETYPE, () -> TextName.parse(MECHANISM, new byte[] {'a'}, hostBased));
    }

    @Test
    void a_name_is_of_one_mechanism() throws GSSException {
        TextName other = new TextName(OTHER, "alice");
        assertNotEquals(ALICE, other);
        assertTrue(ALICE.equals((GSSName) new TextName(MECHANISM, "alice")));
        assertSame(ALICE, TextName.of(MECHANISM, ALICE));
        assertSame(ALICE, ALICE.canonicalize(MECHANISM));
        assertRefused(GSSException.BAD_NAME, () -> TextName.of(MECHANISM, other));
        assertRefused(GSSException.BAD_NAME, () -> TextName.of(MECHANISM, null));
        assertRefused(GSSException.BAD_MECH, () -> ALICE.canonicalize(OTHER));
        byte[] exported = other.export();
        assertRefused(GSSException.BAD_NAME, () -> TextName.parse(MECHANISM, exported, GSSName.NT_EXPORT_NAME));
    }

    @Test
    void a_name_in_a_state_reads_back_or_is_malformed() throws GSSException {
        try (StateWriter out = new StateWriter(0, 10)) {
            ALICE.write(out);
            assertArrayEquals(new byte[] {0, 5, 'a', 'l', 'i', 'c', 'e'}, Arrays.copyOf(out.array(), out.position()));
            assertEquals(ALICE, TextName.read(MECHANISM, new StateReader(out.array(), 0, out.position()), "name"));
        }
        GSSException refusal = assertThrows(
                GSSException.class, () -> TextName.read(MECHANISM, new StateReader(new byte[2], 0, 2), "source"));
        assertEquals(TransferFault.STATE_MALFORMED, TransferFault.of(refusal).orElseThrow());
        assertTrue(refusal.getMinorString().contains("source"), refusal::toString);
    }

    private static void assertRefused(int major, Executable call) {
        GSSException refusal = assertThrows(GSSException.class, call);
        assertEquals(major, refusal.getMajor(), refusal::toString);
        assertTrue(refusal.getMessage().contains(refusal.getMinorString()), "a refusal shows its text");
    }
}
