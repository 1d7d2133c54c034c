package dev.gssbaton.seal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

class TokenHeaderTest {
    @Property
    void decodesWhatItEncodes(
            @ForAll long key,
            @ForAll long store,
            @ForAll long notAfter,
            @ForAll @Size(Xaes256Gcm.NONCE_SIZE) byte[] nonce)
            throws GSSException {
        TokenHeader header = new TokenHeader(
                new PublicId(key, ~key), new PublicId(store, ~store), Instant.ofEpochMilli(notAfter), nonce);
        byte[] token = new byte[TokenHeader.MIN_TOKEN_SIZE];
        header.encode(token);
        assertEquals(header, TokenHeader.decode(token));
        assertEquals(header.hashCode(), TokenHeader.decode(token).hashCode());
        assertArrayEquals(new byte[16], Arrays.copyOfRange(token, TokenHeader.SIZE, token.length));
    }

    /** What is decoded is encoded to the same octets: one encoding for each value. */
    @Property
    void encodesWhatItDecodes(@ForAll @Size(TokenHeader.MIN_TOKEN_SIZE) byte[] any) throws GSSException {
        byte[] token = any.clone();
        System.arraycopy(valid(), 0, token, 0, 6);
        byte[] again = token.clone();
        TokenHeader.decode(token).encode(again);
        assertArrayEquals(token, again);
    }

    @Test
    void hasSeventyOctets() {
        assertEquals(70, TokenHeader.SIZE);
        assertEquals(86, TokenHeader.MIN_TOKEN_SIZE);
        assertEquals("42544ea70101", HexFormat.of().formatHex(valid(), 0, 6));
    }

    @Test
    void semantics24_nullAndEmptyComeFirst() {
        assertFault(TransferFault.TOKEN_EMPTY, null);
        assertFault(TransferFault.TOKEN_EMPTY, new byte[0]);
    }

    @Test
    void semantics24_lengthComesBeforeMagic() {
        for (int length = 1; length < TokenHeader.MIN_TOKEN_SIZE; length++) {
            assertFault(TransferFault.TOKEN_TOO_SHORT, new byte[length]);
            assertFault(TransferFault.TOKEN_TOO_SHORT, Arrays.copyOf(valid(), length));
        }
        assertFault(TransferFault.TOKEN_TOO_LONG, new byte[TokenHeader.MAX_TOKEN_SIZE + 1]);
    }

    @Test
    void semantics24_magicComesBeforeVersionBeforeSealing() throws GSSException {
        byte[] token = valid();
        TokenHeader.decode(token);
        token[5] = 2;
        assertFault(TransferFault.SEALING_UNKNOWN, token);
        token[4] = (byte) 0xFF;
        assertFault(TransferFault.VERSION_UNKNOWN, token);
        token[3] = 0;
        assertFault(TransferFault.MAGIC_UNKNOWN, token);
    }

    @Test
    void takesTheLongestToken() throws GSSException {
        TokenHeader.decode(Arrays.copyOf(valid(), TokenHeader.MAX_TOKEN_SIZE));
    }

    @Test
    void tellsItsOwnTokensFromForeignOnes() {
        assertTrue(TokenHeader.hasMagic(valid()));
        assertTrue(TokenHeader.hasMagic(new byte[] {0x42, 0x54, 0x4E, (byte) 0xA7}));
        assertFalse(TokenHeader.hasMagic(null));
        assertFalse(TokenHeader.hasMagic(new byte[] {0x42, 0x54, 0x4E}));
        // How tokens of MIT and Heimdal, and framed tokens, begin.
        assertFalse(TokenHeader.hasMagic(HexFormat.of().parseHex("0000000b06092a86")));
        assertFalse(TokenHeader.hasMagic(HexFormat.of().parseHex("000906092a864886")));
        assertFalse(TokenHeader.hasMagic(HexFormat.of().parseHex("6082011206092a86")));
    }

    @Test
    void identityBeginsWithTheTokensOwnPart() {
        byte[] nonce = new byte[Xaes256Gcm.NONCE_SIZE];
        for (int i = 0; i < nonce.length; i++) {
            nonce[i] = (byte) i;
        }
        TokenHeader header = header(nonce);
        assertEquals(
                "0c0d0e0f1011121314151617000102030405060708090a0b", header.id().toHex());
        assertEquals("0c0d0e0f", header.id().toString());
    }

    @Test
    void keepsNoArrayOfOthers() {
        byte[] nonce = new byte[Xaes256Gcm.NONCE_SIZE];
        TokenHeader header = header(nonce);
        nonce[0] = 1;
        header.nonce()[1] = 1;
        assertArrayEquals(new byte[Xaes256Gcm.NONCE_SIZE], header.nonce());
        assertNotEquals(header, header(nonce));
    }

    @Test
    void refusesValuesThatDoNotFit() {
        PublicId id = new PublicId(0, 0);
        assertThrows(IllegalArgumentException.class, () -> new TokenHeader(id, id, Instant.EPOCH, new byte[23]));
        assertThrows(IllegalArgumentException.class, () -> new TokenHeader(id, id, Instant.MAX, new byte[24]));
    }

    @Test
    void semantics17_roundsTheTimeDown() {
        PublicId id = new PublicId(0, 0);
        assertEquals(
                Instant.ofEpochMilli(1),
                new TokenHeader(id, id, Instant.ofEpochSecond(0, 1_999_999), new byte[24]).notAfter());
    }

    private static TokenHeader header(byte[] nonce) {
        return new TokenHeader(new PublicId(1, 2), new PublicId(3, 4), Instant.EPOCH, nonce);
    }

    private static byte[] valid() {
        byte[] token = new byte[TokenHeader.MIN_TOKEN_SIZE];
        header(new byte[Xaes256Gcm.NONCE_SIZE]).encode(token);
        return token;
    }

    private static void assertFault(TransferFault fault, byte[] token) {
        GSSException thrown = assertThrows(GSSException.class, () -> TokenHeader.decode(token));
        assertEquals(fault, TransferFault.of(thrown).orElseThrow());
    }
}
