package dev.gssbaton.krb5.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.peers.Scale;
import java.nio.ByteBuffer;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.function.Executable;

class MessageProtectionPropertyTest {
    @Provide
    static Arbitrary<EncryptionType> rfc4121() {
        return Arbitraries.of(EncryptionType.class).filter(EncryptionType::isOfRfc4121);
    }

    @Property(tries = 400)
    void unwrap_undoes_wrap(
            @ForAll EncryptionType type,
            @ForAll boolean fromInitiator,
            @ForAll boolean privacy,
            @ForAll @IntRange(max = 5000) int length,
            @ForAll @IntRange(max = 40) int offset)
            throws GSSException {
        try (Peers peers = new Peers(type)) {
            MessageProtection sender = fromInitiator ? peers.initiator : peers.acceptor;
            MessageProtection receiver = fromInitiator ? peers.acceptor : peers.initiator;
            byte[] message = Peers.message(length);
            byte[] around = new byte[offset + length + 3];
            System.arraycopy(message, 0, around, offset, length);
            byte[] unchanged = around.clone();

            MessageProp prop = new MessageProp(0, privacy);
            long size = sender.wrapSize(length, prop);
            byte[] token = sender.wrap(around, offset, length, prop);
            assertEquals(size, token.length);
            assertEquals(privacy, prop.getPrivacy());
            assertArrayEquals(unchanged, around);

            byte[] tokenAround = new byte[offset + token.length + 3];
            System.arraycopy(token, 0, tokenAround, offset, token.length);
            unchanged = tokenAround.clone();
            MessageProp found = new MessageProp(1, !privacy);
            assertArrayEquals(message, receiver.unwrap(tokenAround, offset, token.length, found));
            assertEquals(privacy, found.getPrivacy());
            assertEquals(0, found.getQOP());
            assertArrayEquals(unchanged, tokenAround);
        }
    }

    @Property(tries = 14)
    void unwrap_undoes_wrap_at_every_small_size(@ForAll EncryptionType type, @ForAll boolean privacy)
            throws GSSException {
        try (Peers peers = new Peers(type)) {
            for (int length = 0; length < Scale.times(200, 5000); length++) {
                byte[] message = Peers.message(length);
                byte[] token = peers.initiator.wrap(message, 0, length, new MessageProp(0, privacy));
                assertArrayEquals(message, peers.acceptor.unwrap(token, 0, token.length, Peers.signed()));
            }
        }
    }

    @Property(tries = 100)
    void verify_undoes_mic(
            @ForAll EncryptionType type,
            @ForAll boolean fromInitiator,
            @ForAll @IntRange(max = 3000) int length,
            @ForAll @IntRange(max = 40) int offset)
            throws GSSException {
        try (Peers peers = new Peers(type)) {
            MessageProtection sender = fromInitiator ? peers.initiator : peers.acceptor;
            MessageProtection receiver = fromInitiator ? peers.acceptor : peers.initiator;
            byte[] around = Peers.message(offset + length + 3);
            byte[] token = sender.getMIC(around, offset, length, Peers.signed());
            assertEquals(sender.micSize(Peers.signed()), token.length);
            byte[] tokenAround = new byte[offset + token.length + 3];
            System.arraycopy(token, 0, tokenAround, offset, token.length);

            MessageProp found = new MessageProp(1, true);
            receiver.verifyMIC(tokenAround, offset, token.length, around, offset, length, found);
            assertEquals(0, found.getQOP());
            assertEquals(false, found.getPrivacy());

            assertMajor(
                    GSSException.BAD_MIC,
                    () -> receiver.verifyMIC(token, 0, token.length, around, offset, length + 1, Peers.signed()));
        }
    }

    @Property(tries = 200)
    void rfc4121_4_2_5_every_rotation_is_understood(
            @ForAll("rfc4121") EncryptionType type,
            @ForAll boolean privacy,
            @ForAll @IntRange(max = 100) int length,
            @ForAll @IntRange(max = 0xFFFF) int rrc,
            @ForAll @IntRange(max = 0x1FF) int filler)
            throws GSSException {
        try (Peers peers = new Peers(type)) {
            CraftedToken crafted = new CraftedToken();
            crafted.rrc = rrc;
            crafted.ec = privacy ? filler : type.checksumSize();
            byte[] message = Peers.message(length);
            byte[] token = privacy ? crafted.sealed(peers.key, message) : crafted.signed(peers.key, message);
            MessageProp prop = Peers.signed();
            assertArrayEquals(message, peers.acceptor.unwrap(token, 0, token.length, prop));
            assertEquals(privacy, prop.getPrivacy());
        }
    }

    @Property(tries = 12)
    void rfc4121_4_2_5_no_rotation_is_missing(@ForAll("rfc4121") EncryptionType type, @ForAll boolean privacy)
            throws GSSException {
        try (Peers peers = new Peers(type)) {
            byte[] message = Peers.message(5);
            CraftedToken crafted = new CraftedToken();
            crafted.ec = privacy ? 0 : type.checksumSize();
            for (int rrc = 0; rrc < Scale.times(1000, 0x10000); rrc++) {
                crafted.rrc = rrc;
                byte[] token = privacy ? crafted.sealed(peers.key, message) : crafted.signed(peers.key, message);
                assertArrayEquals(message, peers.acceptor.unwrap(token, 0, token.length, Peers.signed()));
            }
        }
    }

    @Property(tries = 6)
    void rfc4121_4_2_4_no_filler_is_missing(@ForAll("rfc4121") EncryptionType type) throws GSSException {
        try (Peers peers = new Peers(type)) {
            byte[] message = Peers.message(21);
            CraftedToken crafted = new CraftedToken();
            for (int ec = 0; ec < Scale.times(200, 0x10000); ec++) {
                crafted.ec = ec;
                byte[] token = crafted.sealed(peers.key, message);
                assertArrayEquals(message, peers.acceptor.unwrap(token, 0, token.length, Peers.signed()));
            }
            crafted.ec = 0xFFFF;
            byte[] token = crafted.sealed(peers.key, message);
            assertArrayEquals(message, peers.acceptor.unwrap(token, 0, token.length, Peers.signed()));
        }
    }

    /** What no checksum covers, RRC beyond the length, cannot be refused: the message is the same then. */
    @Property(tries = 12)
    void every_changed_bit_of_a_wrap_token_is_refused_or_changes_nothing(
            @ForAll("rfc4121") EncryptionType type, @ForAll boolean privacy) throws GSSException {
        for (int length : new int[] {0, 1, 16, 37}) {
            try (Peers peers = new Peers(type)) {
                byte[] message = Peers.message(length);
                byte[] token = peers.initiator.wrap(message, 0, length, new MessageProp(0, privacy));
                int accepted = 0;
                for (int bit = 0; bit < 8 * token.length; bit++) {
                    byte[] changed = token.clone();
                    changed[bit / 8] ^= (byte) (1 << bit % 8);
                    try (Peers fresh = new Peers(peers.key.copy())) {
                        MessageProp prop = Peers.signed();
                        byte[] result = fresh.acceptor.unwrap(changed, 0, changed.length, prop);
                        assertTrue(bit / 8 == 6 || bit / 8 == 7, "accepted in spite of bit " + bit);
                        int rrc = ByteBuffer.wrap(changed).getShort(6) & 0xFFFF;
                        assertEquals(0, rrc % (changed.length - 16));
                        assertArrayEquals(message, result);
                        assertEquals(privacy, prop.getPrivacy());
                        assertEquals(
                                Peers.INITIATOR_FIRST + 1,
                                fresh.acceptor.window().next());
                        accepted++;
                    } catch (GSSException e) {
                        assertRefusal(e);
                    }
                }
                assertTrue(accepted < 16);
                assertArrayEquals(message, peers.acceptor.unwrap(token, 0, token.length, Peers.signed()));
            }
        }
    }

    @Property(tries = 14)
    void every_cut_or_lengthened_wrap_token_is_refused(@ForAll EncryptionType type, @ForAll boolean privacy)
            throws GSSException {
        try (Peers peers = new Peers(type)) {
            byte[] token = peers.initiator.wrap(Peers.message(37), 0, 37, new MessageProp(0, privacy));
            byte[] longer = Arrays.copyOf(token, token.length + 40);
            for (int length = 0; length <= longer.length; length++) {
                if (length != token.length) {
                    int cut = length;
                    assertRefusal(assertThrows(
                            GSSException.class, () -> peers.acceptor.unwrap(longer, 0, cut, Peers.signed())));
                }
            }
            assertEquals(Peers.INITIATOR_FIRST, peers.acceptor.window().next());
            peers.acceptor.unwrap(longer, 0, token.length, Peers.signed());
        }
    }

    @Property(tries = 6)
    void every_changed_or_missing_part_of_a_mic_is_refused(@ForAll("rfc4121") EncryptionType type) throws GSSException {
        try (Peers peers = new Peers(type)) {
            byte[] message = Peers.message(19);
            byte[] token = peers.initiator.getMIC(message, 0, message.length, Peers.signed());
            for (int bit = 0; bit < 8 * token.length; bit++) {
                byte[] changed = token.clone();
                changed[bit / 8] ^= (byte) (1 << bit % 8);
                assertMicRefused(peers, changed, changed.length, message);
            }
            byte[] longer = Arrays.copyOf(token, token.length + 3);
            for (int length = 0; length <= longer.length; length++) {
                if (length != token.length) {
                    assertMicRefused(peers, longer, length, message);
                }
            }
            for (int bit = 0; bit < 8 * message.length; bit++) {
                byte[] changed = message.clone();
                changed[bit / 8] ^= (byte) (1 << bit % 8);
                assertMicRefused(peers, token, token.length, changed);
            }
            assertEquals(Peers.INITIATOR_FIRST, peers.acceptor.window().next());
            peers.acceptor.verifyMIC(token, 0, token.length, message, 0, message.length, Peers.signed());
        }
    }

    private static void assertMicRefused(Peers peers, byte[] token, int length, byte[] message) {
        assertRefusal(assertThrows(
                GSSException.class,
                () -> peers.acceptor.verifyMIC(token, 0, length, message, 0, message.length, Peers.signed())));
    }

    private static void assertRefusal(GSSException e) {
        assertTrue(
                e.getMajor() == GSSException.DEFECTIVE_TOKEN || e.getMajor() == GSSException.BAD_MIC,
                () -> "refused with " + e);
    }

    private static void assertMajor(int major, Executable call) {
        assertEquals(major, assertThrows(GSSException.class, call).getMajor());
    }
}
