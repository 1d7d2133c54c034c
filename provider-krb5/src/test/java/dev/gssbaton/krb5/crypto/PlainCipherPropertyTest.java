package dev.gssbaton.krb5.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/**
 * {@link MessageCipher} and {@link MessageChecksum} beside the plain way: the platform's ciphertext stealing and HMAC over
 * the whole, as RFC 3961 section 5.3 and RFC 8009 section 5 write it down.
 */
class PlainCipherPropertyTest {
    private static final int USAGE = 24;
    private static final Map<EncryptionType, String> MACS = Map.of(
            EncryptionType.AES128_CTS_HMAC_SHA1_96, "HmacSHA1",
            EncryptionType.AES256_CTS_HMAC_SHA1_96, "HmacSHA1",
            EncryptionType.AES128_CTS_HMAC_SHA256_128, "HmacSHA256",
            EncryptionType.AES256_CTS_HMAC_SHA384_192, "HmacSHA384");

    private final byte[] confounder = octets(16, 3);
    private final FixedRandom random = new FixedRandom(confounder);

    @Provide
    Arbitrary<EncryptionType> ofAes() {
        return Arbitraries.of(MACS.keySet().stream().sorted().toList());
    }

    @Property(tries = 40)
    void every_short_message_is_what_the_plain_way_gives(
            @ForAll("ofAes") EncryptionType type,
            @ForAll @IntRange(max = 40) int offset,
            @ForAll @IntRange(max = 33) int trailerLength)
            throws GeneralSecurityException, IntegrityException {
        try (EncryptionKey key = EncryptionKey.generate(type, random);
                MessageCipher sender = MessageCipher.forEncryption(key, USAGE);
                MessageCipher receiver = MessageCipher.forDecryption(key, USAGE);
                RandomOctets confounders = new RandomOctets(random)) {
            for (int length = 0; length <= 200; length++) {
                assertPlain(key, sender, receiver, confounders, offset, length, trailerLength);
            }
        }
    }

    @Property(tries = 100)
    void every_long_message_is_what_the_plain_way_gives(
            @ForAll("ofAes") EncryptionType type,
            @ForAll @IntRange(max = 40) int offset,
            @ForAll @IntRange(min = 1000, max = 20_000) int length,
            @ForAll @IntRange(max = 3000) int trailerLength)
            throws GeneralSecurityException, IntegrityException {
        try (EncryptionKey key = EncryptionKey.generate(type, random);
                MessageCipher sender = MessageCipher.forEncryption(key, USAGE);
                MessageCipher receiver = MessageCipher.forDecryption(key, USAGE);
                RandomOctets confounders = new RandomOctets(random)) {
            assertPlain(key, sender, receiver, confounders, offset, length, trailerLength);
            assertPlain(key, sender, receiver, confounders, offset, 7, 16);
            assertPlain(key, sender, receiver, confounders, offset, length + 1, 16);
        }
    }

    private void assertPlain(
            EncryptionKey key,
            MessageCipher sender,
            MessageCipher receiver,
            RandomOctets confounders,
            int offset,
            int length,
            int trailerLength)
            throws GeneralSecurityException, IntegrityException {
        byte[] message = octets(offset + length, length);
        byte[] trailer = octets(trailerLength, 7);
        byte[] expected = plainly(key, Arrays.copyOfRange(message, offset, message.length), trailer);

        byte[] apart = new byte[offset + expected.length];
        sender.encrypt(message, offset, length, trailer, apart, offset, confounders);
        assertArrayEquals(expected, Arrays.copyOfRange(apart, offset, apart.length), () -> "length " + length);

        byte[] inPlace = new byte[offset + expected.length];
        System.arraycopy(message, offset, inPlace, offset + confounder.length, length);
        sender.encrypt(inPlace, offset + confounder.length, length, trailer, inPlace, offset, confounders);
        assertArrayEquals(apart, inPlace, () -> "in place, length " + length);

        byte[] decrypted = new byte[offset + length];
        byte[] rest = new byte[trailerLength];
        receiver.decrypt(apart, offset, expected.length, decrypted, offset, length, rest);
        assertArrayEquals(
                Arrays.copyOfRange(message, offset, message.length),
                Arrays.copyOfRange(decrypted, offset, decrypted.length));
        assertArrayEquals(trailer, rest);

        receiver.decrypt(inPlace, offset, expected.length, inPlace, offset, length, rest);
        assertArrayEquals(
                Arrays.copyOfRange(message, offset, message.length),
                Arrays.copyOfRange(inPlace, offset, offset + length));
        assertArrayEquals(trailer, rest);
    }

    /** confounder | message | trailer, encrypted, and the checksum of that or, in RFC 8009, of what it gave. */
    private byte[] plainly(EncryptionKey key, byte[] message, byte[] trailer) throws GeneralSecurityException {
        byte[] plain = concatenated(concatenated(confounder, message), trailer);
        byte[] ke = key.withDerived(USAGE, DerivedKeyPurpose.ENCRYPTION, byte[]::clone);
        byte[] ki = key.withDerived(USAGE, DerivedKeyPurpose.INTEGRITY, byte[]::clone);
        Cipher cts = Cipher.getInstance("AES/CTS/NoPadding");
        cts.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(ke, "AES"), new IvParameterSpec(new byte[16]));
        byte[] cipher = cts.doFinal(plain);
        Mac mac = Mac.getInstance(MACS.get(key.type()));
        mac.init(new SecretKeySpec(ki, mac.getAlgorithm()));
        boolean overCipher = DerivedKeyProfile.of(key.type()).authenticatesCiphertext();
        byte[] checksum = mac.doFinal(overCipher ? concatenated(new byte[16], cipher) : plain);
        return concatenated(cipher, Arrays.copyOf(checksum, key.type().checksumSize()));
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static byte[] octets(int length, int seed) {
        byte[] octets = new byte[length];
        for (int i = 0; i < length; i++) {
            octets[i] = (byte) (seed + 11 * i);
        }
        return octets;
    }
}
