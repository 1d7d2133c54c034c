package dev.gssbaton.seal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gssbaton.spi.SecretBytes;
import java.io.IOException;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The RFC's vectors on both sides, and Bouncy Castle's HPKE as a peer on either. */
class Rfc9180VectorTest {
    private static final byte[] INFO = {1, 2, 3};
    private static final byte[] CONTEXT = {4, 5};

    private final SecureRandom random = new SecureRandom();
    private final HPKE peer =
            new HPKE(HPKE.mode_auth, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_EXPORT_ONLY);

    static List<Vectors> vectors() throws IOException {
        return Vectors.read("/vectors/rfc9180-auth-x25519.txt");
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void sender_and_recipient_export_the_vector(Vectors vector) throws Exception {
        int length = Integer.parseInt(vector.text("L"));
        try (X25519Key ephemeral = key(vector.hex("skEm"));
                X25519Key sender = key(vector.hex("skSm"));
                X25519Key recipient = key(vector.hex("skRm"));
                AuthenticatedHpke sent =
                        AuthenticatedHpke.send(ephemeral, sender, vector.hex("pkRm"), vector.hex("info"));
                AuthenticatedHpke received = AuthenticatedHpke.receive(
                        vector.hex("enc"), recipient, vector.hex("pkSm"), vector.hex("info"))) {
            assertArrayEquals(vector.hex("enc"), ephemeral.publicKey());
            assertArrayEquals(vector.hex("pkSm"), sender.publicKey());
            assertArrayEquals(vector.hex("pkRm"), recipient.publicKey());
            assertArrayEquals(vector.hex("exported_value"), sent.export(vector.hex("exporter_context"), length));
            assertArrayEquals(vector.hex("exported_value"), received.export(vector.hex("exporter_context"), length));
        }
    }

    @Test
    void bouncy_castle_receives_what_we_send() throws Exception {
        for (int i = 0; i < 10; i++) {
            AsymmetricCipherKeyPair theirs = peer.generatePrivateKey();
            try (X25519Key ephemeral = X25519Key.draw(random);
                    X25519Key ours = X25519Key.draw(random);
                    AuthenticatedHpke sent = AuthenticatedHpke.send(
                            ephemeral, ours, peer.serializePublicKey(theirs.getPublic()), INFO)) {
                byte[] received = peer.setupAuthR(
                                ephemeral.publicKey(), theirs, INFO, peer.deserializePublicKey(ours.publicKey()))
                        .export(CONTEXT, 32);
                assertArrayEquals(received, sent.export(CONTEXT, 32));
            }
        }
    }

    @Test
    void we_receive_what_bouncy_castle_sends() throws Exception {
        for (int i = 0; i < 10; i++) {
            AsymmetricCipherKeyPair theirs = peer.generatePrivateKey();
            try (X25519Key ours = X25519Key.draw(random)) {
                HPKEContextWithEncapsulation sent =
                        peer.setupAuthS(peer.deserializePublicKey(ours.publicKey()), INFO, theirs);
                try (AuthenticatedHpke received = AuthenticatedHpke.receive(
                        sent.getEncapsulation(), ours, peer.serializePublicKey(theirs.getPublic()), INFO)) {
                    assertArrayEquals(sent.export(CONTEXT, 16), received.export(CONTEXT, 16));
                }
            }
        }
    }

    /** RFC 7748 section 5.2, the first vector, whose point has its highest bit masked in the second. */
    @Test
    void rfc7748_5_2_the_highest_bit_of_a_point_is_masked() throws InvalidKeyException {
        byte[] scalar = HexFormat.of().parseHex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
        byte[] point = HexFormat.of().parseHex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
        String agreed = "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552";
        try (X25519Key key = key(scalar)) {
            assertEquals(agreed, HexFormat.of().formatHex(key.agree(point)));
            point[31] |= (byte) 0x80;
            assertEquals(agreed, HexFormat.of().formatHex(key.agree(point)));
        }
    }

    /** The points of order 1, 2, 4 and 8, also where they are not reduced: <https://cr.yp.to/ecdh.html#validate>. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "0000000000000000000000000000000000000000000000000000000000000080"
            })
    void rfc9180_7_1_4_points_of_small_order_are_refused(String point) {
        byte[] octets = HexFormat.of().parseHex(point);
        try (X25519Key key = X25519Key.draw(random);
                X25519Key other = X25519Key.draw(random)) {
            assertThrows(InvalidKeyException.class, () -> key.agree(octets));
            assertThrows(InvalidKeyException.class, () -> AuthenticatedHpke.send(other, key, octets, INFO));
            assertThrows(
                    InvalidKeyException.class, () -> AuthenticatedHpke.receive(octets, key, other.publicKey(), INFO));
            assertThrows(
                    InvalidKeyException.class, () -> AuthenticatedHpke.receive(other.publicKey(), key, octets, INFO));
        }
    }

    private static X25519Key key(byte[] octets) {
        return new X25519Key(SecretBytes.copyOf(octets));
    }
}
