package dev.gssbaton.seal;

import dev.gssbaton.spi.JceKey;
import dev.gssbaton.spi.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.Arrays;
import javax.crypto.Mac;

/**
 * What sender and recipient share after hybrid public-key encryption with an authenticated sender: {@code mode_auth} of
 * <a href="https://www.rfc-editor.org/rfc/rfc9180">RFC 9180</a> with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and the
 * export-only AEAD, since all that is taken from it is the secrets of section 5.3.
 *
 * <p>Only who has the private key of the one or the other computes it. The comments are the formulas of the RFC. All that is expanded here has at most the 32 octets of one block, so that HKDF-Expand is one HMAC.
 *
 * <p>Safe for use by several threads.
 */
final class AuthenticatedHpke implements AutoCloseable {
    /** Nh and Nsecret. */
    private static final int SIZE = 32;

    private static final byte[] NOTHING = {};
    private static final byte[] MODE_AUTH = {2};
    private static final byte[] FIRST_BLOCK = {1};
    private static final byte[] VERSION = ascii("HPKE-v1");
    /** {@code "KEM" ‖ I2OSP(kem_id, 2)}. */
    private static final byte[] KEM_SUITE = join(ascii("KEM"), new byte[] {0x00, 0x20});
    /** {@code "HPKE" ‖ I2OSP(kem_id, 2) ‖ I2OSP(kdf_id, 2) ‖ I2OSP(aead_id, 2)}. */
    private static final byte[] SUITE =
            join(ascii("HPKE"), new byte[] {0x00, 0x20, 0x00, 0x01, (byte) 0xFF, (byte) 0xFF});

    private final SecretBytes exporterSecret;

    private AuthenticatedHpke(SecretBytes exporterSecret) {
        this.exporterSecret = exporterSecret;
    }

    /**
     * Sets up the sender's side, SetupAuthS with the ephemeral key given, whose public key is the encapsulation.
     *
     * @param ephemeral drawn for this call alone; stays the caller's, who closes it
     * @param sender the sender's key, which stays the caller's
     * @param recipient pkRm, 32 octets
     * @param info what both sides bind it to
     * @return what the caller closes
     * @throws InvalidKeyException if the recipient's key is a point of small order
     */
    static AuthenticatedHpke send(X25519Key ephemeral, X25519Key sender, byte[] recipient, byte[] info)
            throws InvalidKeyException {
        // dh = concat(DH(skE, pkR), DH(skS, pkR))
        byte[] first = ephemeral.agree(recipient);
        try {
            byte[][] dh = {first, sender.agree(recipient)};
            // kem_context = concat(enc, pkRm, pkSm)
            return agreed(dh, join(ephemeral.publicKey(), recipient, sender.publicKey()), info);
        } finally {
            erase(first);
        }
    }

    /**
     * Sets up the recipient's side, SetupAuthR.
     *
     * @param encapsulation enc, 32 octets
     * @param recipient the recipient's key, which stays the caller's
     * @param sender pkSm, 32 octets
     * @param info what both sides bind it to
     * @return what the caller closes
     * @throws InvalidKeyException if the encapsulation or the sender's key is a point of small order
     */
    static AuthenticatedHpke receive(byte[] encapsulation, X25519Key recipient, byte[] sender, byte[] info)
            throws InvalidKeyException {
        // dh = concat(DH(skR, pkE), DH(skR, pkS))
        byte[] first = recipient.agree(encapsulation);
        try {
            byte[][] dh = {first, recipient.agree(sender)};
            // kem_context = concat(enc, pkRm, pkSm)
            return agreed(dh, join(encapsulation, recipient.publicKey(), sender), info);
        } finally {
            erase(first);
        }
    }

    /** ExtractAndExpand, and KeySchedule as far as an exporter needs it. Erases the agreements. */
    private static AuthenticatedHpke agreed(byte[][] agreements, byte[] kemContext, byte[] info) {
        byte[] dh = join(agreements);
        byte[] prk = null;
        byte[] sharedSecret = null;
        byte[] secret = null;
        try {
            // eae_prk = LabeledExtract("", "eae_prk", dh)
            prk = extract(NOTHING, KEM_SUITE, "eae_prk", dh);
            // shared_secret = LabeledExpand(eae_prk, "shared_secret", kem_context, Nsecret)
            sharedSecret = expand(prk, KEM_SUITE, "shared_secret", kemContext, SIZE);
            // key_schedule_context = concat(mode, psk_id_hash, info_hash)
            byte[] context = join(
                    MODE_AUTH,
                    extract(NOTHING, SUITE, "psk_id_hash", NOTHING),
                    extract(NOTHING, SUITE, "info_hash", info));
            // secret = LabeledExtract(shared_secret, "secret", psk)
            secret = extract(sharedSecret, SUITE, "secret", NOTHING);
            // exporter_secret = LabeledExpand(secret, "exp", key_schedule_context, Nh)
            return new AuthenticatedHpke(SecretBytes.take(expand(secret, SUITE, "exp", context, SIZE)));
        } finally {
            erase(agreements);
            erase(dh, prk, sharedSecret, secret);
        }
    }

    /**
     * Gives a secret, Context.Export.
     *
     * @param context what the secret is for
     * @param length 1 to 32 octets
     * @return the secret, which the caller erases
     * @throws IllegalStateException if this is closed
     */
    byte[] export(byte[] context, int length) {
        // LabeledExpand(exporter_secret, "sec", exporter_context, L)
        return exporterSecret.lend(secret -> expand(secret, SUITE, "sec", context, length));
    }

    /** LabeledExtract: {@code Extract(salt, "HPKE-v1" ‖ suite_id ‖ label ‖ ikm)}. */
    private static byte[] extract(byte[] salt, byte[] suite, String label, byte[] ikm) {
        return hmac(salt, VERSION, suite, ascii(label), ikm);
    }

    /** LabeledExpand: {@code Expand(prk, I2OSP(L, 2) ‖ "HPKE-v1" ‖ suite_id ‖ label ‖ info, L)}. */
    private static byte[] expand(byte[] prk, byte[] suite, String label, byte[] info, int length) {
        byte[] block = hmac(prk, new byte[] {0, (byte) length}, VERSION, suite, ascii(label), info, FIRST_BLOCK);
        try {
            return Arrays.copyOf(block, length);
        } finally {
            Arrays.fill(block, (byte) 0);
        }
    }

    private static byte[] hmac(byte[] key, byte[]... parts) {
        try (JceKey jceKey = new JceKey("HmacSHA256", SecretBytes.copyOf(key));
                JceKey zero = JceKey.zero("HmacSHA256")) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(jceKey);
            for (byte[] part : parts) {
                mac.update(part);
            }
            byte[] output = mac.doFinal();
            mac.init(zero);
            return output;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA256 is part of every JDK", e);
        }
    }

    private static byte[] join(byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void erase(byte[]... arrays) {
        for (byte[] array : arrays) {
            if (array != null) {
                Arrays.fill(array, (byte) 0);
            }
        }
    }

    /** Erases the secret that all others are made of. Closing twice is harmless. */
    @Override
    public void close() {
        exporterSecret.close();
    }
}
