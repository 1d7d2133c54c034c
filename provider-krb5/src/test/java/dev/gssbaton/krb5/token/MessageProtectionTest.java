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
import dev.gssbaton.peers.Scale;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class MessageProtectionTest {
    private static final byte[] MESSAGE = Peers.message(33);

    private final Peers peers = new Peers(EncryptionType.AES256_CTS_HMAC_SHA1_96);

    @AfterEach
    void close() {
        peers.close();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RC4_HMAC")
    void rfc4121_4_2_6_2_sent_without_rotation_and_filler(EncryptionType type) throws GSSException {
        try (Peers both = new Peers(type)) {
            String number = "00000000000003e8";
            byte[] sealed = both.initiator.wrap(MESSAGE, 0, MESSAGE.length, Peers.sealed());
            assertEquals("050406ff00000000" + number, header(sealed));
            assertEquals(16 + 16 + MESSAGE.length + 16 + type.checksumSize(), sealed.length);
            byte[] signed = both.initiator.wrap(MESSAGE, 0, MESSAGE.length, Peers.signed());
            String ec = HexFormat.of().toHexDigits((short) type.checksumSize());
            assertEquals("050404ff" + ec + "000000000000000003e9", header(signed));
            assertArrayEquals(MESSAGE, Arrays.copyOfRange(signed, 16, 16 + MESSAGE.length));
            byte[] mic = both.acceptor.getMIC(MESSAGE, 0, MESSAGE.length, Peers.signed());
            assertEquals("040405ffffffffff0000000020000000", header(mic));
        }
    }

    /** Lengths beyond the arrays stand for whatever else may fail in the middle, such as a lack of memory. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RC4_HMAC")
    void a_message_that_fails_in_the_middle_leaves_nothing_to_the_next(EncryptionType type) throws GSSException {
        try (Peers both = new Peers(type)) {
            byte[] message = Peers.message(2000);
            assertThrows(
                    RuntimeException.class, () -> both.initiator.wrap(message, 0, 2 * message.length, Peers.sealed()));
            byte[] token = both.initiator.wrap(MESSAGE, 0, MESSAGE.length, Peers.sealed());
            int tooLong = token.length + type.checksumSize() + 1;
            assertThrows(RuntimeException.class, () -> both.acceptor.unwrap(token, 0, tooLong, Peers.signed()));
            assertArrayEquals(MESSAGE, both.acceptor.unwrap(token, 0, token.length, Peers.signed()));
        }
    }

    private static String header(byte[] token) {
        return HexFormat.of().formatHex(token, 0, 16);
    }

    @Test
    void without_an_acceptor_subkey_the_flag_is_clear() throws GSSException {
        try (MessageProtection initiator =
                        new MessageProtection(true, peers.key, false, 0, Peers.window(0), Peers.RANDOM);
                MessageProtection acceptor =
                        new MessageProtection(false, peers.key, false, 0, Peers.window(0), Peers.RANDOM)) {
            byte[] token = initiator.wrap(MESSAGE, 0, MESSAGE.length, Peers.signed());
            assertEquals(0, token[2]);
            assertArrayEquals(MESSAGE, acceptor.unwrap(token, 0, token.length, Peers.signed()));
            byte[] mic = acceptor.getMIC(MESSAGE, 0, MESSAGE.length, Peers.signed());
            assertEquals(1, mic[2]);
            assertBadMic(() -> peers.acceptor.unwrap(token, 0, token.length, Peers.signed()));
            assertBadMic(
                    () -> peers.initiator.verifyMIC(mic, 0, mic.length, MESSAGE, 0, MESSAGE.length, Peers.signed()));
        }
    }

    @Test
    void our_own_tokens_sent_back_are_refused() throws GSSException {
        for (boolean privacy : new boolean[] {true, false}) {
            byte[] token = peers.initiator.wrap(MESSAGE, 0, MESSAGE.length, new MessageProp(0, privacy));
            assertBadMic(() -> peers.initiator.unwrap(token, 0, token.length, Peers.signed()));
            // With the direction changed too, the key usage is still that of the other side.
            token[2] ^= 1;
            assertBadMic(() -> peers.initiator.unwrap(token, 0, token.length, Peers.signed()));
        }
        byte[] mic = peers.initiator.getMIC(MESSAGE, 0, MESSAGE.length, Peers.signed());
        assertBadMic(() -> peers.initiator.verifyMIC(mic, 0, mic.length, MESSAGE, 0, MESSAGE.length, Peers.signed()));
    }

    @Test
    void the_sealed_flag_decides_and_cannot_be_changed() throws GSSException {
        byte[] signed = peers.initiator.wrap(Peers.message(100), 0, 100, Peers.signed());
        signed[2] |= 2;
        assertBadMic(() -> peers.acceptor.unwrap(signed, 0, signed.length, Peers.signed()));
        byte[] sealed = peers.initiator.wrap(MESSAGE, 0, MESSAGE.length, Peers.sealed());
        sealed[2] &= ~2;
        assertDefective(() -> peers.acceptor.unwrap(sealed, 0, sealed.length, Peers.signed()));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RC4_HMAC")
    void rfc4121_4_2_3_ec_other_than_the_checksum_size_is_refused(EncryptionType type) {
        try (Peers both = new Peers(type)) {
            for (int ec = 0; ec < 64; ec++) {
                if (ec != type.checksumSize()) {
                    CraftedToken crafted = new CraftedToken();
                    crafted.ec = ec;
                    byte[] token = crafted.signed(both.key, MESSAGE);
                    assertDefective(() -> both.acceptor.unwrap(token, 0, token.length, Peers.signed()));
                    // EC = 0 must not mean that no checksum is looked at.
                    byte[] bare = Arrays.copyOf(token, 16 + MESSAGE.length);
                    assertDefective(() -> both.acceptor.unwrap(bare, 0, bare.length, Peers.signed()));
                }
            }
        }
    }

    @Test
    void rfc4121_4_2_4_ec_larger_than_the_message_is_refused() {
        CraftedToken crafted = new CraftedToken();
        crafted.innerEc = 3;
        for (int ec : new int[] {4 + MESSAGE.length, 0x1000, 0xFFFF}) {
            crafted.ec = ec;
            byte[] token = crafted.sealed(peers.key, MESSAGE);
            assertDefective(() -> peers.acceptor.unwrap(token, 0, token.length, Peers.signed()));
        }
    }

    @Test
    void rfc4121_4_2_4_an_inner_header_unlike_the_outer_is_refused() throws GSSException {
        byte[] message = Peers.message(50);
        List<CraftedToken> unlike = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            unlike.add(new CraftedToken());
        }
        unlike.get(0).innerFlags = 0x04;
        unlike.get(1).innerFlags = 0x86;
        unlike.get(2).innerSequenceNumber = Peers.INITIATOR_FIRST + 1;
        unlike.get(3).innerRrc = 1;
        unlike.get(4).rrc = unlike.get(4).innerRrc = 28;
        unlike.get(5).ec = 2;
        unlike.get(5).innerEc = 1;
        for (CraftedToken crafted : unlike) {
            byte[] token = crafted.sealed(peers.key, message);
            assertBadMic(() -> peers.acceptor.unwrap(token, 0, token.length, Peers.signed()));
            ByteBuffer out = ByteBuffer.allocate(200);
            assertBadMic(() -> peers.acceptor.unwrap(ByteBuffer.wrap(token), out, Peers.signed()));
            assertArrayEquals(new byte[200], out.array());
        }
        assertEquals(Peers.INITIATOR_FIRST, peers.acceptor.window().next());
        byte[] alike = new CraftedToken().sealed(peers.key, message);
        assertArrayEquals(message, peers.acceptor.unwrap(alike, 0, alike.length, Peers.signed()));
    }

    @Test
    void rfc4121_4_2_2_unknown_flags_are_ignored() throws GSSException {
        CraftedToken crafted = new CraftedToken();
        crafted.flags = 0xFC;
        crafted.ec = 12;
        byte[] token = crafted.signed(peers.key, MESSAGE);
        assertArrayEquals(MESSAGE, peers.acceptor.unwrap(token, 0, token.length, Peers.signed()));
        crafted.sequenceNumber++;
        byte[] sealed = crafted.sealed(peers.key, MESSAGE);
        assertArrayEquals(MESSAGE, peers.acceptor.unwrap(sealed, 0, sealed.length, Peers.signed()));
    }

    @Test
    void a_token_of_rfc_1964_is_refused() {
        byte[] rfc1964 = HexFormat.of()
                .parseHex("602b06092a864886f7120102020201110010" + "00ffff" + "00".repeat(16) + "41".repeat(16));
        assertDefective(() -> peers.acceptor.unwrap(rfc1964, 0, rfc1964.length, Peers.signed()));
        assertDefective(() -> peers.acceptor.verifyMIC(rfc1964, 0, rfc1964.length, MESSAGE, 0, 1, Peers.signed()));
    }

    @Test
    void a_header_alone_is_refused() {
        // Its data are empty, and RRC is taken modulo their length.
        for (String token : new String[] {
            "050404ff000c000100000000000003e8", "050406ff0000000100000000000003e8", "050404ff0000000100000000000003e8"
        }) {
            byte[] octets = HexFormat.of().parseHex(token);
            assertDefective(() -> peers.acceptor.unwrap(octets, 0, octets.length, Peers.signed()));
        }
    }

    @Test
    void rfc2743_1_2_3_what_is_out_of_order_is_reported() throws GSSException {
        byte[][] tokens = new byte[70][];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = peers.initiator.wrap(MESSAGE, 0, MESSAGE.length, Peers.sealed());
        }
        assertNull(receive(tokens[0]).getMinorString());
        assertTrue(receive(tokens[2]).isGapToken());
        assertTrue(receive(tokens[1]).isUnseqToken());
        assertTrue(receive(tokens[1]).isDuplicateToken());
        assertTrue(receive(tokens[69]).isGapToken());
        MessageProp old = receive(tokens[2]);
        assertTrue(old.isOldToken());
        assertNotEquals("", old.getMinorString());
        byte[] mic = peers.initiator.getMIC(MESSAGE, 0, MESSAGE.length, Peers.signed());
        for (boolean again : new boolean[] {false, true}) {
            MessageProp prop = Peers.signed();
            peers.acceptor.verifyMIC(mic, 0, mic.length, MESSAGE, 0, MESSAGE.length, prop);
            assertEquals(again, prop.isDuplicateToken());
        }
    }

    private MessageProp receive(byte[] token) throws GSSException {
        MessageProp prop = Peers.sealed();
        assertArrayEquals(MESSAGE, peers.acceptor.unwrap(token, 0, token.length, prop));
        return prop;
    }

    @Test
    void a_failure_leaves_the_window_and_an_older_report_does_not_stick() throws GSSException {
        byte[] first = peers.initiator.wrap(MESSAGE, 0, MESSAGE.length, Peers.sealed());
        byte[] second = peers.initiator.wrap(MESSAGE, 0, MESSAGE.length, Peers.sealed());
        byte[] changed = first.clone();
        changed[40] ^= 1;
        assertBadMic(() -> peers.acceptor.unwrap(changed, 0, changed.length, Peers.signed()));
        MessageProp prop = Peers.signed();
        peers.acceptor.unwrap(second, 0, second.length, prop);
        assertTrue(prop.isGapToken());
        byte[] wrapped = peers.acceptor.wrap(MESSAGE, 0, 1, prop);
        assertFalse(prop.isGapToken());
        assertNull(prop.getMinorString());
        peers.initiator.unwrap(wrapped, 0, wrapped.length, prop);
    }

    @Test
    void a_qop_other_than_0_is_refused_and_nothing_is_sent() {
        MessageProp prop = new MessageProp(1, true);
        List<Executable> calls = List.of(
                () -> peers.initiator.wrap(MESSAGE, 0, 1, prop),
                () -> peers.initiator.wrap(ByteBuffer.wrap(MESSAGE), ByteBuffer.allocate(999), prop),
                () -> peers.initiator.getMIC(MESSAGE, 0, 1, prop),
                () -> peers.initiator.getMIC(ByteBuffer.wrap(MESSAGE), ByteBuffer.allocate(999), prop),
                () -> peers.initiator.wrapSize(1, prop),
                () -> peers.initiator.micSize(prop));
        for (Executable call : calls) {
            assertEquals(
                    GSSException.BAD_QOP, assertThrows(GSSException.class, call).getMajor());
        }
        assertEquals(Peers.INITIATOR_FIRST, peers.initiator.sendNumber());
    }

    @Test
    void rfc4121_4_2_1_numbers_are_incremented_by_one_token() throws GSSException {
        peers.initiator.wrap(MESSAGE, 0, 1, Peers.sealed());
        peers.initiator.getMIC(MESSAGE, 0, 1, Peers.signed());
        peers.initiator.wrap(MESSAGE, 0, 1, Peers.signed());
        assertEquals(Peers.INITIATOR_FIRST + 3, peers.initiator.sendNumber());
    }

    @Test
    void numbers_go_on_behind_the_greatest() throws GSSException {
        try (MessageProtection sender =
                        new MessageProtection(true, peers.key, true, 1 << 29, -2, Peers.window(0), Peers.RANDOM);
                MessageProtection receiver =
                        new MessageProtection(false, peers.key, true, 0, Peers.window(-2), Peers.RANDOM)) {
            for (int i = 0; i < 5; i++) {
                MessageProp prop = Peers.sealed();
                byte[] token = sender.wrap(MESSAGE, 0, MESSAGE.length, prop);
                assertEquals(-2L + i, ByteBuffer.wrap(token).getLong(8));
                receiver.unwrap(token, 0, token.length, prop);
                assertNull(prop.getMinorString());
            }
            assertEquals(3, sender.sendNumber());
        }
    }

    @Test
    void exhausted_numbers_refuse_to_send() throws GSSException {
        try (MessageProtection sender =
                new MessageProtection(true, peers.key, true, 7, 5, Peers.window(0), Peers.RANDOM)) {
            sender.wrap(MESSAGE, 0, 1, Peers.sealed());
            assertEquals(6, sender.sendNumber());
            ByteBuffer out = ByteBuffer.allocate(999);
            List<Executable> calls = List.of(
                    () -> sender.wrap(MESSAGE, 0, 1, Peers.sealed()),
                    () -> sender.wrap(ByteBuffer.wrap(MESSAGE), out, Peers.sealed()),
                    () -> sender.getMIC(MESSAGE, 0, 1, Peers.signed()),
                    () -> sender.getMIC(ByteBuffer.wrap(MESSAGE), out, Peers.signed()));
            for (Executable call : calls) {
                GSSException e = assertThrows(GSSException.class, call);
                assertEquals(GSSException.FAILURE, e.getMajor());
                assertEquals("sequence numbers exhausted: establish a new context to send more", e.getMinorString());
            }
            assertEquals(6, sender.sendNumber());
            assertArrayEquals(new byte[999], out.array());
        }
    }

    @Test
    void a_message_too_long_for_an_array_is_refused() throws GSSException {
        assertTrue(peers.initiator.wrapSize(Integer.MAX_VALUE, Peers.sealed()) > Integer.MAX_VALUE);
        GSSException e = assertThrows(
                GSSException.class, () -> peers.initiator.wrap(MESSAGE, 0, Integer.MAX_VALUE, Peers.sealed()));
        assertEquals(GSSException.FAILURE, e.getMajor());
        assertEquals(Peers.INITIATOR_FIRST, peers.initiator.sendNumber());
    }

    static Stream<Buffers> buffers() {
        return Stream.of(Buffers.values());
    }

    /** Where a buffer's octets are. */
    enum Buffers {
        HEAP {
            @Override
            ByteBuffer allocate(int size) {
                return ByteBuffer.allocate(size);
            }
        },
        SLICE {
            @Override
            ByteBuffer allocate(int size) {
                return ByteBuffer.allocate(size + 20).position(13).slice().limit(size);
            }
        },
        DIRECT {
            @Override
            ByteBuffer allocate(int size) {
                return ByteBuffer.allocateDirect(size);
            }
        };

        abstract ByteBuffer allocate(int size);

        ByteBuffer of(byte[] octets) {
            return allocate(octets.length + 5).position(2).put(octets).flip().position(2);
        }
    }

    @ParameterizedTest
    @MethodSource("buffers")
    void buffers_are_as_good_as_arrays(Buffers kind) throws GSSException {
        for (Buffers other : Buffers.values()) {
            for (boolean privacy : new boolean[] {true, false}) {
                ByteBuffer message = kind.of(MESSAGE);
                ByteBuffer token = other.allocate(300).position(7);
                peers.initiator.wrap(message, token, new MessageProp(0, privacy));
                assertEquals(0, message.remaining());
                assertEquals(
                        7 + peers.initiator.wrapSize(MESSAGE.length, new MessageProp(0, privacy)), token.position());

                token.flip().position(7);
                ByteBuffer out = kind.allocate(300).position(9);
                MessageProp prop = Peers.signed();
                peers.acceptor.unwrap(token.asReadOnlyBuffer().position(7), out.duplicate(), prop);
                assertTrue(token.hasRemaining());
                peers.acceptor.unwrap(token, out, prop);
                assertTrue(prop.isDuplicateToken());
                assertEquals(privacy, prop.getPrivacy());
                assertEquals(0, token.remaining());
                assertArrayEquals(MESSAGE, octets(out.flip().position(9)));

                ByteBuffer mic = other.allocate(100).position(3);
                peers.initiator.getMIC(message.position(2), mic, prop);
                assertEquals(0, message.remaining());
                mic.flip().position(3);
                peers.acceptor.verifyMIC(mic, message.position(2), prop);
                assertEquals(0, message.remaining());
                assertEquals(0, mic.remaining());
            }
        }
    }

    private static byte[] octets(ByteBuffer buffer) {
        byte[] octets = new byte[buffer.remaining()];
        buffer.get(octets);
        return octets;
    }

    @Test
    void nothing_is_written_beside_the_token_and_the_message() throws GSSException {
        byte[] out = new byte[300];
        Arrays.fill(out, (byte) 0x77);
        ByteBuffer token = ByteBuffer.wrap(out).position(10);
        peers.initiator.wrap(ByteBuffer.wrap(MESSAGE), token, Peers.sealed());
        int end = token.position();
        assertAll77(out, 0, 10);
        assertAll77(out, end, out.length);
        byte[] in = new byte[300];
        Arrays.fill(in, (byte) 0x77);
        peers.acceptor.unwrap(token.flip().position(10), ByteBuffer.wrap(in).position(20), Peers.signed());
        assertAll77(in, 0, 20);
        assertAll77(in, 20 + MESSAGE.length, in.length);
    }

    private static void assertAll77(byte[] octets, int from, int to) {
        for (int i = from; i < to; i++) {
            assertEquals(0x77, octets[i], "at " + i);
        }
    }

    @Test
    void buffers_may_share_their_octets() throws GSSException {
        for (int messageAt = 0; messageAt < 120; messageAt += 5) {
            for (boolean privacy : new boolean[] {true, false}) {
                byte[] shared = new byte[300];
                System.arraycopy(MESSAGE, 0, shared, messageAt, MESSAGE.length);
                ByteBuffer token = ByteBuffer.wrap(shared).position(40);
                peers.initiator.wrap(
                        ByteBuffer.wrap(shared, messageAt, MESSAGE.length), token, new MessageProp(0, privacy));
                token.flip().position(40);
                ByteBuffer out = ByteBuffer.wrap(shared).position(messageAt);
                peers.acceptor.unwrap(token, out, Peers.signed());
                assertArrayEquals(MESSAGE, octets(out.flip().position(messageAt)));
            }
        }
    }

    @Test
    void a_buffer_too_small_changes_nothing() throws GSSException {
        int size = (int) peers.initiator.wrapSize(MESSAGE.length, Peers.sealed());
        ByteBuffer message = ByteBuffer.wrap(MESSAGE);
        assertThrows(
                BufferOverflowException.class,
                () -> peers.initiator.wrap(message, ByteBuffer.allocate(size - 1), Peers.sealed()));
        int micSize = peers.initiator.micSize(Peers.signed());
        assertThrows(
                BufferOverflowException.class,
                () -> peers.initiator.getMIC(message, ByteBuffer.allocate(micSize - 1), Peers.signed()));
        assertThrows(
                ReadOnlyBufferException.class,
                () -> peers.initiator.wrap(message, ByteBuffer.allocate(size).asReadOnlyBuffer(), Peers.sealed()));
        assertEquals(0, message.position());
        assertEquals(Peers.INITIATOR_FIRST, peers.initiator.sendNumber());

        ByteBuffer token = ByteBuffer.allocate(size);
        peers.initiator.wrap(message, token, Peers.sealed());
        token.flip();
        assertThrows(
                BufferOverflowException.class,
                () -> peers.acceptor.unwrap(token, ByteBuffer.allocate(size - 1), Peers.signed()));
        assertThrows(
                ReadOnlyBufferException.class,
                () -> peers.acceptor.unwrap(token, ByteBuffer.allocate(size).asReadOnlyBuffer(), Peers.signed()));
        assertEquals(size, token.remaining());
        assertEquals(Peers.INITIATOR_FIRST, peers.acceptor.window().next());
        peers.acceptor.unwrap(token, ByteBuffer.allocate(size), Peers.signed());
    }

    @ParameterizedTest
    @EnumSource
    void no_octet_of_a_message_that_does_not_verify_is_given_out(EncryptionType type) throws GSSException {
        try (Peers both = new Peers(type)) {
            ByteBuffer token = ByteBuffer.allocate(400);
            both.initiator.wrap(ByteBuffer.wrap(Peers.message(200)), token, Peers.sealed());
            token.flip();
            token.put(token.limit() - 1, (byte) (token.get(token.limit() - 1) ^ 1));
            ByteBuffer out = ByteBuffer.allocate(400);
            assertBadMic(() -> both.acceptor.unwrap(token, out, Peers.signed()));
            assertArrayEquals(new byte[400], out.array());
            assertEquals(0, out.position());
            assertEquals(0, token.position());
        }
    }

    @Test
    void one_sender_and_one_receiver_run_in_parallel() throws Exception {
        int messages = Scale.times(3000, 100_000);
        byte[][] toAcceptor = new byte[messages][];
        for (int i = 0; i < messages; i++) {
            toAcceptor[i] = peers.initiator.wrap(MESSAGE, 0, i % 34, new MessageProp(0, i % 3 != 0));
        }
        byte[][] fromAcceptor = new byte[messages][];
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<?> sending = threads.submit(() -> {
                for (int i = 0; i < messages; i++) {
                    fromAcceptor[i] = i % 2 == 0
                            ? peers.acceptor.wrap(MESSAGE, 0, i % 34, Peers.sealed())
                            : peers.acceptor.getMIC(MESSAGE, 0, i % 34, Peers.signed());
                }
                return null;
            });
            Future<?> receiving = threads.submit(() -> {
                for (int i = 0; i < messages; i++) {
                    MessageProp prop = Peers.signed();
                    byte[] message = peers.acceptor.unwrap(toAcceptor[i], 0, toAcceptor[i].length, prop);
                    assertArrayEquals(Arrays.copyOf(MESSAGE, i % 34), message);
                    assertNull(prop.getMinorString());
                }
                return null;
            });
            sending.get();
            receiving.get();
        } finally {
            threads.shutdownNow();
        }
        for (int i = 0; i < messages; i++) {
            MessageProp prop = Peers.signed();
            if (i % 2 == 0) {
                byte[] message = peers.initiator.unwrap(fromAcceptor[i], 0, fromAcceptor[i].length, prop);
                assertArrayEquals(Arrays.copyOf(MESSAGE, i % 34), message);
            } else {
                peers.initiator.verifyMIC(fromAcceptor[i], 0, fromAcceptor[i].length, MESSAGE, 0, i % 34, prop);
            }
            assertNull(prop.getMinorString());
        }
    }

    @Test
    void the_key_is_needed_no_more_once_both_directions_were_used() throws GSSException {
        EncryptionKey key = EncryptionKey.generate(EncryptionType.AES128_CTS_HMAC_SHA256_128, Peers.RANDOM);
        MessageProtection idle = new MessageProtection(true, key, true, 0, Peers.window(0), Peers.RANDOM);
        MessageProtection used = new MessageProtection(true, key, true, 0, Peers.window(0), Peers.RANDOM);
        used.wrap(MESSAGE, 0, 1, Peers.sealed());
        key.close();
        used.wrap(MESSAGE, 0, 1, Peers.sealed());
        used.close();
        used.close();
        assertThrows(IllegalStateException.class, () -> idle.wrap(MESSAGE, 0, 1, Peers.sealed()));
        assertThrows(IllegalStateException.class, () -> used.wrap(MESSAGE, 0, 1, Peers.sealed()));
        assertEquals(0, idle.sendNumber());
        idle.close();
    }

    private static void assertDefective(Executable call) {
        assertEquals(
                GSSException.DEFECTIVE_TOKEN,
                assertThrows(GSSException.class, call).getMajor());
    }

    private static void assertBadMic(Executable call) {
        GSSException e = assertThrows(GSSException.class, call);
        assertEquals(GSSException.BAD_MIC, e.getMajor());
        String text = "the token was not made with this context's key, or was changed";
        assertEquals(text, e.getMinorString());
        assertTrue(e.getMessage().contains(text));
    }
}
