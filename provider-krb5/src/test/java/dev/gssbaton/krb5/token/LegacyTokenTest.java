package dev.gssbaton.krb5.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.crypto.Rc4MessageKeys;
import dev.gssbaton.spi.SecretBytes;
import java.util.Arrays;
import java.util.HexFormat;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tokens of rc4-hmac: what MIT krb5 made of them, and what must not be taken. */
class LegacyTokenTest {
    private static final byte[] MESSAGE = Peers.message(33);
    private static final String FRAME = "06092a864886f712010202";

    private final Peers peers = new Peers(EncryptionType.RC4_HMAC);

    @AfterEach
    void close() {
        peers.close();
    }

    @ParameterizedTest
    @CsvFileSource(
            resources = {"/vectors/rfc4757-tokens-mit.csv", "/vectors/rfc4757-tokens-heimdal.csv"},
            useHeadersInDisplayName = true)
    void rfc4757_7_tokens_of_peers_are_taken(
            String key, String sender, long number, String kind, String message, String token) throws GSSException {
        byte[] octets = HexFormat.of().parseHex(token);
        byte[] expected = HexFormat.of().parseHex(message);
        try (EncryptionKey protocolKey = key(key);
                MessageProtection receiver = new MessageProtection(
                        sender.equals("acceptor"),
                        protocolKey,
                        false,
                        number ^ 0x4000_0000,
                        Peers.window(number),
                        Peers.RANDOM)) {
            MessageProp prop = new MessageProp(1, true);
            if (kind.equals("mic")) {
                receiver.verifyMIC(octets, 0, octets.length, expected, 0, expected.length, prop);
            } else {
                assertArrayEquals(expected, receiver.unwrap(octets, 0, octets.length, prop));
            }
            assertEquals(kind.equals("wrap-conf"), prop.getPrivacy());
            assertEquals(0, prop.getQOP());
            assertNull(prop.getMinorString());
            assertEquals(number + 1, receiver.window().next());
        }
    }

    private static EncryptionKey key(String hex) {
        return new EncryptionKey(
                EncryptionType.RC4_HMAC, SecretBytes.take(HexFormat.of().parseHex(hex)));
    }

    @Test
    void rfc1964_1_2_the_header_says_what_is_done() throws GSSException {
        String sealed = HexFormat.of().formatHex(wrap(peers.initiator, Peers.sealed()));
        assertTrue(sealed.startsWith("604d" + FRAME + "020111001000ffff"), sealed);
        String signed = HexFormat.of().formatHex(wrap(peers.initiator, Peers.signed()));
        assertTrue(signed.startsWith("604d" + FRAME + "02011100ffffffff"), signed);
        assertTrue(signed.endsWith(HexFormat.of().formatHex(MESSAGE) + "01"), signed);
        String mic = HexFormat.of().formatHex(mic(peers.initiator));
        assertTrue(mic.startsWith("6023" + FRAME + "01011100ffffffff"), mic);
    }

    /** At each length the DER of the frame's length grows by an octet, or does not yet. */
    @ParameterizedTest
    @ValueSource(ints = {0, 83, 84, 211, 212, 65_491, 65_492, 16_777_171, 16_777_172})
    void the_frame_has_as_many_octets_as_the_length_needs(int length) throws GSSException {
        byte[] message = Peers.message(length);
        byte[] token = peers.initiator.wrap(message, 0, length, Peers.sealed());
        assertEquals(token.length, peers.initiator.wrapSize(length, Peers.sealed()));
        assertArrayEquals(message, peers.acceptor.unwrap(token, 0, token.length, Peers.signed()));
    }

    @Test
    void numbers_are_those_of_32_bits_and_wrap_around() throws GSSException {
        long last = 0xFFFF_FFFFL;
        try (MessageProtection sender =
                        new MessageProtection(true, peers.key, false, last - 1, Peers.window(1 << 29), Peers.RANDOM);
                MessageProtection receiver =
                        new MessageProtection(false, peers.key, false, 1 << 29, Peers.window(last - 1), Peers.RANDOM)) {
            byte[] first = wrap(sender, Peers.sealed());
            byte[] second = wrap(sender, Peers.sealed());
            assertEquals(0, sender.sendNumber());
            byte[] third = wrap(sender, Peers.sealed());
            byte[] fourth = wrap(sender, Peers.signed());
            assertEquals(2, sender.sendNumber());
            assertTrue(unwrap(receiver, third).isGapToken());
            assertTrue(unwrap(receiver, second).isUnseqToken());
            assertTrue(unwrap(receiver, first).isUnseqToken());
            assertTrue(unwrap(receiver, second).isDuplicateToken());
            assertNull(unwrap(receiver, fourth).getMinorString());
            assertTrue(unwrap(receiver, third).isDuplicateToken());
        }
    }

    @Test
    void kerberos_19_what_is_far_ahead_or_before_the_first_is_old() throws GSSException {
        for (long number : new long[] {Peers.INITIATOR_FIRST - 1, Peers.INITIATOR_FIRST + (1L << 31), 0xFFFF_FFFFL}) {
            try (MessageProtection sender = new MessageProtection(
                    true, peers.key, false, number, Peers.window(Peers.ACCEPTOR_FIRST), Peers.RANDOM)) {
                assertTrue(unwrap(peers.acceptor, wrap(sender, Peers.sealed())).isOldToken(), "number " + number);
            }
        }
        assertEquals(Peers.INITIATOR_FIRST, peers.acceptor.window().next());
    }

    @Test
    void kerberos_20_a_side_stops_before_it_comes_to_the_others_first_number() throws GSSException {
        try (MessageProtection sender =
                new MessageProtection(true, peers.key, false, 5, 98, Peers.window(100), Peers.RANDOM)) {
            wrap(sender, Peers.sealed());
            mic(sender);
            assertExhausted(() -> wrap(sender, Peers.sealed()));
            assertExhausted(() -> wrap(sender, Peers.signed()));
            assertExhausted(() -> mic(sender));
            assertEquals(100, sender.sendNumber());
        }
    }

    /** As a context of other software may be, which does not look where it goes. */
    @Test
    void kerberos_20_a_side_that_has_passed_the_others_first_number_sends_nothing_more() throws GSSException {
        for (long next : new long[] {101, 0x8000_0000L, 0xFFFF_FFFFL, 4}) {
            try (MessageProtection sender =
                    new MessageProtection(true, peers.key, false, 5, next, Peers.window(100), Peers.RANDOM)) {
                assertExhausted(() -> wrap(sender, Peers.sealed()));
                assertExhausted(() -> mic(sender));
                assertEquals(next, sender.sendNumber());
            }
        }
    }

    @Test
    void kerberos_20_without_an_answer_nothing_is_encrypted() throws GSSException {
        try (MessageProtection sender =
                new MessageProtection(true, peers.key, false, 7, Peers.window(7), Peers.RANDOM)) {
            GSSException e = assertThrows(GSSException.class, () -> wrap(sender, Peers.sealed()));
            assertEquals(GSSException.UNAVAILABLE, e.getMajor());
            assertEquals(7, sender.sendNumber());
            wrap(sender, Peers.signed());
            mic(sender);
            assertEquals(9, sender.sendNumber());
        }
        try (MessageProtection sender =
                new MessageProtection(true, peers.key, false, 7, 6, Peers.window(7), Peers.RANDOM)) {
            assertExhausted(() -> mic(sender));
        }
    }

    private static void assertExhausted(Executable call) {
        GSSException e = assertThrows(GSSException.class, call);
        assertEquals(GSSException.FAILURE, e.getMajor());
        assertTrue(e.getMinorString().contains("exhausted"), e.getMinorString());
    }

    @Test
    void kerberos_20_the_keystream_is_that_of_the_number_alone() throws GSSException {
        // What the rules above are for: two sides that send under one number.
        try (MessageProtection one =
                        new MessageProtection(true, peers.key, false, 9, Peers.window(1 << 29), Peers.RANDOM);
                MessageProtection other =
                        new MessageProtection(false, peers.key, false, 9, Peers.window(1 << 29), Peers.RANDOM)) {
            byte[] first = wrap(one, Peers.sealed());
            byte[] second = wrap(other, Peers.sealed());
            assertArrayEquals(
                    Arrays.copyOfRange(first, first.length - MESSAGE.length - 1, first.length),
                    Arrays.copyOfRange(second, second.length - MESSAGE.length - 1, second.length));
        }
    }

    @Test
    void kerberos_18_every_changed_bit_is_refused_but_those_of_a_number_that_nothing_protects() throws GSSException {
        for (boolean privacy : new boolean[] {true, false}) {
            byte[] token = wrap(peers.initiator, new MessageProp(0, privacy));
            for (int bit = 0; bit < 8 * token.length; bit++) {
                byte[] changed = changed(token, bit);
                if (privacy || !isOfNumber(bit)) {
                    assertRefused(() -> unwrap(peers.acceptor, changed));
                }
            }
        }
        byte[] mic = mic(peers.initiator);
        for (int bit = 0; bit < 8 * mic.length; bit++) {
            byte[] changed = changed(mic, bit);
            if (!isOfNumber(bit)) {
                assertRefused(() -> verify(peers.acceptor, changed));
            }
        }
        assertEquals(Peers.INITIATOR_FIRST, peers.acceptor.window().next());
        MessageProp found = verify(peers.acceptor, changed(mic, 8 * 21 + 1));
        assertNotEquals(Peers.INITIATOR_FIRST + 3, peers.acceptor.window().next());
        assertFalse(found.isDuplicateToken());
    }

    /** The frame has 13 octets, and 8 behind it begins the number, of which the first four count. */
    private static boolean isOfNumber(int bit) {
        return bit / 8 >= 21 && bit / 8 < 25;
    }

    private static byte[] changed(byte[] token, int bit) {
        byte[] changed = token.clone();
        changed[bit / 8] ^= (byte) (1 << bit % 8);
        return changed;
    }

    @Test
    void every_cut_or_lengthened_mic_is_refused() throws GSSException {
        byte[] mic = mic(peers.initiator);
        for (int length = 0; length < mic.length + 3; length++) {
            if (length != mic.length) {
                byte[] other = Arrays.copyOf(mic, length);
                GSSException e = assertThrows(GSSException.class, () -> verify(peers.acceptor, other));
                assertEquals(GSSException.DEFECTIVE_TOKEN, e.getMajor());
            }
        }
        verify(peers.acceptor, mic);
    }

    @Test
    void our_own_tokens_sent_back_are_refused() throws GSSException {
        byte[] sealed = wrap(peers.initiator, Peers.sealed());
        byte[] signed = wrap(peers.initiator, Peers.signed());
        byte[] mic = mic(peers.initiator);
        assertBadMic(() -> unwrap(peers.initiator, sealed));
        assertBadMic(() -> unwrap(peers.initiator, signed));
        assertBadMic(() -> verify(peers.initiator, mic));
    }

    @Test
    void kerberos_18_each_context_takes_its_own_tokens_alone() throws GSSException {
        try (Peers aes = new Peers(EncryptionType.AES128_CTS_HMAC_SHA1_96)) {
            byte[] wrap = wrap(aes.initiator, Peers.sealed());
            byte[] mic = mic(aes.initiator);
            assertDefective("RFC 4121", () -> unwrap(peers.acceptor, wrap));
            assertDefective("RFC 4121", () -> verify(peers.acceptor, mic));
            byte[] rc4 = wrap(peers.initiator, Peers.sealed());
            assertDefective("RFC 1964", () -> unwrap(aes.acceptor, rc4));
        }
        byte[] wrap = wrap(peers.initiator, Peers.signed());
        byte[] mic = mic(peers.initiator);
        assertDefective("WRAP", () -> verify(peers.acceptor, wrap));
        assertDefective("MIC", () -> unwrap(peers.acceptor, mic));
    }

    /** A padding error looks like a checksum error, though the padding is under the checksum. */
    @Test
    void kerberos_18_padding_is_one_octet_of_01() throws GSSException {
        byte[] token = wrap(peers.initiator, Peers.signed());
        try (Rc4MessageKeys keys = new Rc4MessageKeys(peers.key)) {
            int start = 13;
            byte[] number = Arrays.copyOfRange(token, start + 8, start + 16);
            keys.cryptSequence(token, start + 16, number, 0);
            token[token.length - 1] = 2;
            keys.startChecksum(13);
            keys.update(token, start, 8);
            keys.update(token, start + 24, token.length - start - 24);
            keys.finishChecksum(token, start + 16);
            keys.cryptSequence(token, start + 16, number, 0);
            System.arraycopy(number, 0, token, start + 8, 8);
        }
        assertBadMic(() -> unwrap(peers.acceptor, token));
        token[token.length - 1] = 1;
        assertBadMic(() -> unwrap(peers.acceptor, token));
    }

    @Test
    void kerberos_21_a_token_ends_the_context_if_it_verifies() throws GSSException {
        byte[] end = endOfContext(peers.key, (byte) 0, (int) Peers.INITIATOR_FIRST);
        byte[] forged = changed(end, 8 * (end.length - 1));
        assertBadMic(() -> unwrap(peers.acceptor, forged));
        byte[] ours = endOfContext(peers.key, (byte) 0xFF, (int) Peers.INITIATOR_FIRST);
        assertBadMic(() -> unwrap(peers.acceptor, ours));
        byte[] before = wrap(peers.initiator, Peers.sealed());
        peers.acceptor.expectAlive();
        assertEnded(() -> unwrap(peers.acceptor, end));
        assertEnded(() -> unwrap(peers.acceptor, before));
        assertEnded(() -> wrap(peers.acceptor, Peers.sealed()));
        assertEnded(() -> mic(peers.acceptor));
        assertEnded(() -> verify(peers.acceptor, end));
        assertEnded(peers.acceptor::expectAlive);
        byte[] also = endOfContext(peers.key, (byte) 0xFF, (int) Peers.ACCEPTOR_FIRST);
        assertEnded(() -> verify(peers.initiator, also));
    }

    private static byte[] endOfContext(EncryptionKey key, byte direction, int number) {
        byte[] token =
                HexFormat.of().parseHex("6023" + FRAME + "01021100ffffffff" + "0000000000000000" + "0000000000000000");
        Header.putInt32(token, 21, number);
        Arrays.fill(token, 25, 29, direction);
        try (Rc4MessageKeys keys = new Rc4MessageKeys(key)) {
            keys.startChecksum(15);
            keys.update(token, 13, 8);
            keys.finishChecksum(token, 29);
            keys.cryptSequence(token, 29, token, 21);
        }
        return token;
    }

    @Test
    void closing_leaves_keys_of_zeros() throws GSSException {
        try (EncryptionKey random = EncryptionKey.generate(EncryptionType.RC4_HMAC, Peers.RANDOM);
                EncryptionKey other = EncryptionKey.generate(EncryptionType.RC4_HMAC, Peers.RANDOM)) {
            byte[][] results = new byte[2][16];
            Rc4MessageKeys[] closed = {new Rc4MessageKeys(random), new Rc4MessageKeys(other)};
            for (int i = 0; i < 2; i++) {
                closed[i].close();
                closed[i].close();
                closed[i].startChecksum(15);
                closed[i].finishChecksum(results[i], 0);
                closed[i].cryptSequence(results[i], 0, results[i], 8);
            }
            assertArrayEquals(results[0], results[1]);
            closed[0].startMessage(3);
            closed[1].startMessage(3);
            closed[0].crypt(results[0], 0, 16, results[0], 0);
            closed[1].crypt(results[1], 0, 16, results[1], 0);
            assertArrayEquals(results[0], results[1]);
        }
    }

    private static byte[] wrap(MessageProtection sender, MessageProp prop) throws GSSException {
        return sender.wrap(MESSAGE, 0, MESSAGE.length, prop);
    }

    private static byte[] mic(MessageProtection sender) throws GSSException {
        return sender.getMIC(MESSAGE, 0, MESSAGE.length, Peers.signed());
    }

    private static MessageProp unwrap(MessageProtection receiver, byte[] token) throws GSSException {
        MessageProp prop = Peers.signed();
        assertArrayEquals(MESSAGE, receiver.unwrap(token, 0, token.length, prop));
        return prop;
    }

    private static MessageProp verify(MessageProtection receiver, byte[] token) throws GSSException {
        MessageProp prop = Peers.signed();
        receiver.verifyMIC(token, 0, token.length, MESSAGE, 0, MESSAGE.length, prop);
        return prop;
    }

    private static void assertRefused(Executable call) {
        GSSException e = assertThrows(GSSException.class, call);
        assertTrue(
                e.getMajor() == GSSException.DEFECTIVE_TOKEN || e.getMajor() == GSSException.BAD_MIC,
                () -> "refused with " + e);
    }

    private static void assertDefective(String named, Executable call) {
        GSSException e = assertThrows(GSSException.class, call);
        assertEquals(GSSException.DEFECTIVE_TOKEN, e.getMajor());
        assertTrue(e.getMinorString().contains(named), e.getMinorString());
    }

    private static void assertBadMic(Executable call) {
        assertEquals(
                GSSException.BAD_MIC, assertThrows(GSSException.class, call).getMajor());
    }

    private static void assertEnded(Executable call) {
        assertEquals(
                GSSException.NO_CONTEXT, assertThrows(GSSException.class, call).getMajor());
    }
}
