package dev.gssbaton.benchmarks;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What no sealed token can be cheaper than: AES-256-GCM of SunJCE over as many octets, with ciphers that are made once, a
 * fresh nonce for each token from one draw of 12 octets, and arrays that are used again.
 */
final class AeadFloor {
    private static final int NONCE_SIZE = 12;
    private static final int TAG_SIZE = 16;

    private final SecureRandom random = new SecureRandom();
    private final SecretKeySpec key;
    private final Cipher sealing;
    private final Cipher opening;
    private final byte[] nonce = new byte[NONCE_SIZE];
    private final byte[] header;
    private final byte[] state;
    private final byte[] sealed;
    private final byte[] opened;

    /**
     * Makes the floor of tokens of one size.
     *
     * @param headerSize octets that are authenticated
     * @param stateSize octets that are encrypted
     */
    AeadFloor(int headerSize, int stateSize) throws GeneralSecurityException {
        header = new byte[headerSize];
        state = new byte[stateSize];
        sealed = new byte[stateSize + TAG_SIZE];
        opened = new byte[stateSize];
        byte[] octets = new byte[32];
        random.nextBytes(octets);
        key = new SecretKeySpec(octets, "AES");
        sealing = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
        opening = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    }

    byte[] seal() throws GeneralSecurityException {
        random.nextBytes(nonce);
        sealing.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(8 * TAG_SIZE, nonce));
        sealing.updateAAD(header);
        sealing.doFinal(state, 0, state.length, sealed, 0);
        return sealed;
    }

    /** Opens what was sealed last. */
    byte[] open() throws GeneralSecurityException {
        opening.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(8 * TAG_SIZE, nonce));
        opening.updateAAD(header);
        opening.doFinal(sealed, 0, sealed.length, opened, 0);
        return opened;
    }
}
