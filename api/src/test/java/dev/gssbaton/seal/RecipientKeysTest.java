package dev.gssbaton.seal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class RecipientKeysTest {
    private static final Clock CLOCK = Clock.systemUTC();

    private final SecureRandom random = new SecureRandom();
    private final ClaimStore claims = new ProcessClaims(random, CLOCK);
    private final SessionKeyPair one = SessionKeyPair.draw(random);
    private final SessionKeyPair two = SessionKeyPair.draw(random);

    @Test
    void tokens_go_in_both_directions_and_to_the_other_end_alone() throws GSSException {
        try (RecipientKeys sender = one.encapsulate(two.publicKey());
                RecipientKeys recipient = two.decapsulate(one.publicKey(), sender.message())) {
            assertEquals(SessionKeyPair.MESSAGE_SIZE, sender.message().length);
            assertEquals(0, recipient.message().length);
            byte[] there = seal(sender, "p");
            byte[] back = seal(recipient, "p");
            open(recipient, "p", there);
            open(sender, "p", back);
            assertFault(TransferFault.KEY_NOT_HELD, () -> open(sender, "p", there));
            assertFault(TransferFault.KEY_NOT_HELD, () -> open(recipient, "p", back));
            assertFault(TransferFault.KEY_NOT_HELD, () -> open(recipient, "q", there));
        }
    }

    @Test
    void keys_end_with_the_session() throws GSSException {
        RecipientKeys sender = one.encapsulate(two.publicKey());
        RecipientKeys recipient = two.decapsulate(one.publicKey(), sender.message());
        SealingKey used = sender.exportKey("");
        byte[] token = seal(sender, "");
        sender.close();
        sender.close();
        assertTrue(used.key().isDestroyed());
        assertFault(TransferFault.KEYS_UNUSABLE, () -> sender.exportKey(""));
        open(recipient, "", token);
        recipient.close();
        assertFault(TransferFault.KEYS_UNUSABLE, () -> open(recipient, "", token));
        assertFault(TransferFault.KEYS_UNUSABLE, () -> recipient.importKey(used.id(), "never asked for before"));
    }

    @Test
    void another_session_of_the_same_ends_has_other_keys() throws GSSException {
        byte[] token;
        try (RecipientKeys sender = one.encapsulate(two.publicKey())) {
            token = seal(sender, "");
        }
        SessionKeyPair three = SessionKeyPair.draw(random);
        try (RecipientKeys sender = three.encapsulate(two.publicKey());
                RecipientKeys recipient = two.decapsulate(three.publicKey(), sender.message())) {
            assertFault(TransferFault.KEY_NOT_HELD, () -> open(recipient, "", token));
        }
    }

    @Test
    void a_replayed_encapsulation_is_refused() throws GSSException {
        byte[] message;
        try (RecipientKeys sender = one.encapsulate(two.publicKey())) {
            message = sender.message();
        }
        two.decapsulate(one.publicKey(), message).close();
        // The pair is spent; the recipient of another connection has another.
        assertThrows(IllegalStateException.class, () -> two.decapsulate(one.publicKey(), message));
        SessionKeyPair later = SessionKeyPair.draw(random);
        assertFault(TransferFault.PEER_KEY_REFUSED, () -> later.decapsulate(one.publicKey(), message));
    }

    @Test
    void an_encapsulation_by_another_key_than_the_one_that_came_is_refused() throws GSSException {
        SessionKeyPair other = SessionKeyPair.draw(random);
        try (RecipientKeys sender = other.encapsulate(two.publicKey())) {
            assertFault(TransferFault.PEER_KEY_REFUSED, () -> two.decapsulate(one.publicKey(), sender.message()));
        }
    }

    @Test
    void every_changed_octet_of_the_message_is_refused() throws GSSException {
        for (int at = 0; at < SessionKeyPair.MESSAGE_SIZE; at++) {
            SessionKeyPair from = SessionKeyPair.draw(random);
            SessionKeyPair to = SessionKeyPair.draw(random);
            try (RecipientKeys sender = from.encapsulate(to.publicKey())) {
                byte[] message = sender.message();
                message[at] ^= 0x01;
                assertFault(TransferFault.PEER_KEY_REFUSED, () -> to.decapsulate(from.publicKey(), message));
            }
        }
    }

    /** The highest bit of a point is masked in the arithmetic, and bound all the same. */
    @Test
    void the_bit_that_x25519_masks_is_bound_too() throws GSSException {
        try (RecipientKeys sender = one.encapsulate(two.publicKey())) {
            byte[] message = sender.message();
            message[31] ^= (byte) 0x80;
            assertFault(TransferFault.PEER_KEY_REFUSED, () -> two.decapsulate(one.publicKey(), message));
        }
        SessionKeyPair from = SessionKeyPair.draw(random);
        SessionKeyPair to = SessionKeyPair.draw(random);
        byte[] masked = from.publicKey();
        masked[31] ^= (byte) 0x80;
        try (RecipientKeys sender = from.encapsulate(to.publicKey())) {
            assertFault(TransferFault.PEER_KEY_REFUSED, () -> to.decapsulate(masked, sender.message()));
        }
    }

    @Test
    void what_is_no_public_key_is_refused_at_both_ends() throws GSSException {
        byte[] message =
                SessionKeyPair.draw(random).encapsulate(one.publicKey()).message();
        for (byte[] bad : new byte[][] {{}, new byte[31], new byte[33], new byte[32]}) {
            assertFault(TransferFault.PEER_KEY_REFUSED, () -> SessionKeyPair.draw(random)
                    .encapsulate(bad));
            assertFault(TransferFault.PEER_KEY_REFUSED, () -> SessionKeyPair.draw(random)
                    .decapsulate(bad, message));
        }
        for (byte[] bad : new byte[][] {{}, new byte[63], new byte[65], new byte[64]}) {
            assertFault(TransferFault.PEER_KEY_REFUSED, () -> SessionKeyPair.draw(random)
                    .decapsulate(one.publicKey(), bad));
        }
        assertFault(TransferFault.PEER_KEY_REFUSED, () -> one.encapsulate(one.publicKey()));
        assertFault(TransferFault.PEER_KEY_REFUSED, () -> two.decapsulate(two.publicKey(), message));
    }

    /** RFC 7748 takes them for other keys, and so one's own comes back in another form. */
    @Test
    void a_public_key_in_another_form_is_refused() throws GSSException {
        byte[] own = one.publicKey();
        own[31] |= (byte) 0x80;
        assertFault(TransferFault.PEER_KEY_REFUSED, () -> one.encapsulate(own));
        byte[] nineAndThePrime = new byte[32];
        Arrays.fill(nineAndThePrime, (byte) 0xFF);
        nineAndThePrime[0] = (byte) (0xED + 9);
        nineAndThePrime[31] = 0x7F;
        assertFault(TransferFault.PEER_KEY_REFUSED, () -> two.encapsulate(nineAndThePrime));
    }

    @Test
    void a_pair_is_good_for_one_attempt() throws GSSException {
        assertFault(TransferFault.PEER_KEY_REFUSED, () -> one.encapsulate(new byte[32]));
        assertThrows(IllegalStateException.class, () -> one.encapsulate(two.publicKey()));
        two.close();
        assertThrows(IllegalStateException.class, () -> two.encapsulate(one.publicKey()));
        SessionKeyPair three = SessionKeyPair.draw(random);
        three.encapsulate(one.publicKey()).close();
        assertThrows(IllegalStateException.class, () -> three.encapsulate(one.publicKey()));
    }

    /** The example of docs/token-format.md, which another program computed. */
    @Test
    void keys_are_those_of_the_documented_example() throws GSSException {
        SessionKeyPair from = SessionKeyPair.draw(octets(2, 1));
        SessionKeyPair to = SessionKeyPair.draw(octets(3));
        assertEquals("ce8d3ad1ccb633ec7b70c17814a5c76ecd029685050d344745ba05870e587d59", hex(from.publicKey()));
        assertEquals("5dfedd3b6bd47f6fa28ee15d969d5bb0ea53774d488bdaf9df1c6e0124b3ef22", hex(to.publicKey()));
        byte[] publicKey = from.publicKey();
        try (RecipientKeys sender = from.encapsulate(to.publicKey());
                RecipientKeys recipient = to.decapsulate(publicKey, sender.message())) {
            assertEquals(
                    "a4e09292b651c278b9772c569f5fa9bb13d906b46ab68c9df9dc2b4409f8a209"
                            + "34e61c0e8bcba87bb8a9f06d56cd5a8a74987d87552fd74cff8a90fde0041b15",
                    hex(sender.message()));
            assertKey(
                    sender.exportKey(""),
                    "c429669309cbbee312acd90e37094cac",
                    "1e87df7de8e4bb9d2f0a253f4e2e4a4baa2723e46403cea2037df479244435fc");
            assertKey(
                    sender.exportKey("zwölf"),
                    "53cf7ebddf891726980edfe275b2536f",
                    "9581ce18dd3b7721224b81d6c9c06bb7d8cea95fb6e55cb583067f721818b6f6");
            assertKey(
                    recipient.exportKey("zwölf"),
                    "e2685d460140dd65b8219b9b17c69fb3",
                    "f535c483dbc1141dd695d2eb37ba23e114263e8f061a0b3a143be82bf3a87450");
        }
    }

    private static void assertKey(SealingKey key, String id, String octets) {
        assertEquals(id, key.id().toString());
        assertEquals(octets, key.key().lend(RecipientKeysTest::hex));
    }

    private static String hex(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }

    /** Gives 32 equal octets at each draw. */
    private static SecureRandom octets(int... values) {
        return new SecureRandom() {
            private static final long serialVersionUID = 1;
            private int drawn;

            @Override
            public void nextBytes(byte[] octets) {
                Arrays.fill(octets, (byte) values[drawn++]);
            }
        };
    }

    private byte[] seal(KeySource keys, String purpose) throws GSSException {
        try (TokenSealer sealer = new TokenSealer(keys, purpose, claims, random, CLOCK);
                StateWriter state = new StateWriter(TokenHeader.SIZE, 64)) {
            state.octets(new byte[] {1, 2, 3});
            return sealer.seal(state, CLOCK.instant().plusSeconds(60));
        }
    }

    private void open(KeySource keys, String purpose, byte[] token) throws GSSException {
        try (TokenSealer sealer = new TokenSealer(keys, purpose, claims, random, CLOCK)) {
            sealer.open(token, Duration.ZERO).close();
        }
    }

    private static void assertFault(TransferFault fault, Executable refused) {
        assertEquals(Optional.of(fault), TransferFault.of(assertThrows(GSSException.class, refused)));
    }
}
