package dev.gssbaton.krb5.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.crypto.FixedRandom;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/** What goes between buffers, or stays in one, is the same as between two arrays. */
class BufferPropertyTest {
    private static final int TOKEN_MARGIN = 100;
    /** All short ones, and those around the sizes from which on a message is not copied or goes in chunks. */
    private static final int[] LENGTHS = IntStream.concat(
                    IntStream.rangeClosed(0, 200),
                    IntStream.of(1150, 1167, 1168, 1169, 1184, 1200, 1215, 1216, 1217, 2500, 8191, 8192, 8193, 20000))
            .toArray();

    private final FixedRandom random = new FixedRandom(Peers.message(16));

    /** Where a message and its token are. */
    enum Kind {
        HEAP,
        DIRECT,
        READ_ONLY,
        IN_PLACE
    }

    @Property(tries = 48)
    void a_token_is_the_same_wherever_it_is_made(
            @ForAll EncryptionType type,
            @ForAll boolean privacy,
            @ForAll Kind kind,
            @ForAll @IntRange(max = 60) int messageAt,
            @ForAll @IntRange(max = 60) int tokenAt)
            throws GSSException {
        try (EncryptionKey key = EncryptionKey.generate(type, Peers.RANDOM);
                MessageProtection arrays = sender(key);
                MessageProtection buffers = sender(key)) {
            for (int length : LENGTHS) {
                byte[] octets = Peers.message(length);
                byte[] expected = arrays.wrap(octets, 0, length, new MessageProp(0, privacy));
                ByteBuffer message = buffer(kind, octets, messageAt);
                ByteBuffer token = room(kind, message, expected.length, tokenAt);

                buffers.wrap(kind == Kind.READ_ONLY ? message.asReadOnlyBuffer() : message, token, prop(privacy));

                assertEquals(tokenAt + expected.length, token.position());
                assertArrayEquals(expected, octets(token, tokenAt, expected.length), () -> "length " + length);
                if (kind != Kind.IN_PLACE) {
                    assertArrayEquals(octets, octets(message, messageAt, length));
                }
            }
        }
    }

    @Property(tries = 48)
    void a_message_is_the_same_wherever_it_goes(
            @ForAll EncryptionType type,
            @ForAll boolean privacy,
            @ForAll Kind kind,
            @ForAll @IntRange(max = 60) int messageAt,
            @ForAll @IntRange(max = 60) int tokenAt)
            throws GSSException {
        try (Peers peers = new Peers(type)) {
            for (int length : LENGTHS) {
                byte[] octets = Peers.message(length);
                byte[] made = peers.initiator.wrap(octets, 0, length, prop(privacy));
                ByteBuffer token = buffer(kind, made, tokenAt);
                ByteBuffer message = room(kind, token, made.length, messageAt);
                MessageProp found = prop(!privacy);

                peers.acceptor.unwrap(kind == Kind.READ_ONLY ? token.asReadOnlyBuffer() : token, message, found);

                assertEquals(privacy, found.getPrivacy());
                assertEquals(messageAt + length, message.position());
                assertArrayEquals(octets, octets(message, messageAt, length), () -> "length " + length);
                if (kind != Kind.IN_PLACE) {
                    assertArrayEquals(made, octets(token, tokenAt, made.length));
                }
            }
        }
    }

    @Property(tries = 24)
    void a_mic_is_the_same_wherever_it_is_made(
            @ForAll EncryptionType type, @ForAll Kind kind, @ForAll @IntRange(max = 60) int at) throws GSSException {
        try (EncryptionKey key = EncryptionKey.generate(type, Peers.RANDOM);
                MessageProtection arrays = sender(key);
                MessageProtection buffers = sender(key)) {
            for (int length : LENGTHS) {
                byte[] octets = Peers.message(length);
                byte[] expected = arrays.getMIC(octets, 0, length, Peers.signed());
                ByteBuffer message = buffer(kind, octets, 3);
                ByteBuffer token = room(kind, message, expected.length, at);
                buffers.getMIC(kind == Kind.READ_ONLY ? message.asReadOnlyBuffer() : message, token, Peers.signed());
                assertEquals(at + expected.length, token.position());
                assertArrayEquals(expected, octets(token, at, expected.length));
            }
        }
    }

    /** In place the token is lost, but nothing of the message is there. */
    @Property(tries = 48)
    void nothing_is_left_of_a_message_that_does_not_verify(
            @ForAll EncryptionType type, @ForAll Kind kind, @ForAll @IntRange(max = 60) int messageAt)
            throws GSSException {
        int tokenAt = 28;
        try (Peers peers = new Peers(type)) {
            for (int length : LENGTHS) {
                byte[] octets = new byte[length];
                Arrays.fill(octets, (byte) 'm');
                byte[] made = peers.initiator.wrap(octets, 0, length, Peers.sealed());
                made[made.length - 1] ^= 1;
                ByteBuffer token = buffer(kind, made, tokenAt);
                ByteBuffer message = room(kind, token, made.length, messageAt);

                GSSException e =
                        assertThrows(GSSException.class, () -> peers.acceptor.unwrap(token, message, Peers.signed()));

                assertEquals(GSSException.BAD_MIC, e.getMajor());
                assertEquals(messageAt, message.position());
                assertEquals(tokenAt, token.position());
                int longest = longestRun(octets(message, 0, message.capacity()), (byte) 'm');
                assertEquals(true, longest < 8, () -> longest + " octets of " + length + " in a row");
            }
        }
    }

    private static int longestRun(byte[] octets, byte of) {
        int longest = 0;
        int run = 0;
        for (byte octet : octets) {
            run = octet == of ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }

    private MessageProtection sender(EncryptionKey key) {
        return new MessageProtection(
                true, key, true, Peers.INITIATOR_FIRST, Peers.window(Peers.ACCEPTOR_FIRST), random);
    }

    private static MessageProp prop(boolean privacy) {
        return new MessageProp(0, privacy);
    }

    /** Puts octets at an index into a buffer in which there is room for a token as well. */
    private static ByteBuffer buffer(Kind kind, byte[] octets, int at) {
        int size = at + octets.length + 2 * TOKEN_MARGIN;
        ByteBuffer buffer = kind == Kind.DIRECT ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
        return buffer.put(at, octets).position(at).limit(at + octets.length);
    }

    /** Gives room for octets at an index: in the same buffer, if they are to be there. */
    private static ByteBuffer room(Kind kind, ByteBuffer source, int size, int at) {
        ByteBuffer buffer = kind == Kind.IN_PLACE ? source.duplicate().clear() : buffer(kind, new byte[size], at);
        return buffer.position(at).limit(at + size);
    }

    private static byte[] octets(ByteBuffer buffer, int at, int length) {
        byte[] octets = new byte[length];
        buffer.duplicate().clear().get(at, octets);
        return octets;
    }
}
