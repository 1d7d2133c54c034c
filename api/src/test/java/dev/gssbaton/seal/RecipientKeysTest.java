package dev.gssbaton.seal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
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

    /** What docs/token-format.md says, computed from one fixed context. */
    @Test
    void keys_and_identifiers_are_exported_secrets() throws Exception {
        byte[] info = "info".getBytes(StandardCharsets.US_ASCII);
        try (X25519Key ephemeral = fixed(1);
                X25519Key sender = fixed(2);
                X25519Key recipient = fixed(3);
                AuthenticatedHpke hpke = AuthenticatedHpke.send(ephemeral, sender, recipient.publicKey(), info);
                RecipientKeys keys = new RecipientKeys(
                        AuthenticatedHpke.send(ephemeral, sender, recipient.publicKey(), info),
                        RecipientKeys.End.RECIPIENT,
                        new byte[0])) {
            SealingKey key = keys.exportKey("ö");
            byte[] seal = "baton seal 1\0\2ö".getBytes(StandardCharsets.UTF_8);
            byte[] id = "baton key id 1\0\2ö".getBytes(StandardCharsets.UTF_8);
            assertArrayEquals(hpke.export(seal, 32), key.key().lend(byte[]::clone));
            assertArrayEquals(hpke.export(id, 16), key.id().toBytes());
            id["baton key id 1\0".length()] = 1;
            Optional<SealingKey> other = keys.importKey(PublicId.of(hpke.export(id, 16)), "ö");
            assertTrue(other.isPresent());
            assertNotEquals(key, other.get());
        }
    }

    private static X25519Key fixed(int octet) {
        byte[] octets = new byte[X25519Key.SIZE];
        Arrays.fill(octets, (byte) octet);
        return new X25519Key(SecretBytes.take(octets));
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
