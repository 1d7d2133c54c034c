package dev.gssbaton.krb5.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.SecureRandom;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class MessageCipherPropertyTest {
    private static final int USAGE = 24;
    private final SecureRandom random = new SecureRandom();

    @Provide
    static Arbitrary<EncryptionType> rfc4121() {
        return Arbitraries.of(EncryptionType.class).filter(EncryptionType::isOfRfc4121);
    }

    @Property(tries = 400)
    void both_parts_come_out_as_they_went_in(
            @ForAll("rfc4121") EncryptionType type,
            @ForAll @IntRange(max = 600) int messageLength,
            @ForAll @IntRange(max = 70) int trailerLength,
            @ForAll @IntRange(max = 20) int offset)
            throws IntegrityException {
        try (EncryptionKey key = EncryptionKey.generate(type, random);
                MessageCipher sender = MessageCipher.forEncryption(key, USAGE);
                MessageCipher receiver = MessageCipher.forDecryption(key, USAGE)) {
            for (int again = 0; again < 2; again++) {
                byte[] plain = new byte[messageLength + trailerLength];
                random.nextBytes(plain);
                byte[] cipher = new byte[offset + plain.length + type.overhead()];
                byte[] before = plain.clone();
                byte[] sent = Arrays.copyOfRange(plain, messageLength, plain.length);
                sender.encrypt(plain, 0, messageLength, sent, cipher, offset, random);
                assertArrayEquals(before, plain);

                byte[] message = new byte[offset + messageLength + 1];
                byte[] trailer = new byte[trailerLength];
                receiver.decrypt(cipher, offset, cipher.length - offset, message, offset, messageLength, trailer);

                byte[] expected = new byte[message.length];
                System.arraycopy(plain, 0, expected, offset, messageLength);
                assertArrayEquals(expected, message);
                assertArrayEquals(Arrays.copyOfRange(plain, messageLength, plain.length), trailer);
                assertArrayEquals(plain, key.decrypt(USAGE, cipher, offset, cipher.length - offset));
            }
        }
    }

    @Property(tries = 200)
    void nothing_is_given_out_that_does_not_verify(
            @ForAll("rfc4121") EncryptionType type,
            @ForAll @IntRange(max = 100) int messageLength,
            @ForAll @IntRange(max = 40) int trailerLength,
            @ForAll @IntRange(max = 5000) int bit)
            throws IntegrityException {
        try (EncryptionKey key = EncryptionKey.generate(type, random);
                MessageCipher receiver = MessageCipher.forDecryption(key, USAGE)) {
            byte[] plain = new byte[messageLength + trailerLength];
            Arrays.fill(plain, (byte) 0x55);
            byte[] cipher = key.encrypt(USAGE, plain, random);
            byte[] changed = cipher.clone();
            changed[bit / 8 % cipher.length] ^= (byte) (1 << bit % 8);

            byte[] message = new byte[messageLength];
            byte[] trailer = new byte[trailerLength];
            assertThrows(
                    IntegrityException.class,
                    () -> receiver.decrypt(changed, 0, changed.length, message, 0, messageLength, trailer));
            assertArrayEquals(new byte[messageLength], message);
            assertArrayEquals(new byte[trailerLength], trailer);

            receiver.decrypt(cipher, 0, cipher.length, message, 0, messageLength, trailer);
            assertArrayEquals(Arrays.copyOf(plain, messageLength), message);
        }
    }

    @Property(tries = 40)
    void lengths_that_do_not_fit_are_refused(
            @ForAll("rfc4121") EncryptionType type,
            @ForAll @IntRange(max = 80) int length,
            @ForAll @IntRange(max = 80) int part) {
        try (EncryptionKey key = EncryptionKey.generate(type, random);
                MessageCipher receiver = MessageCipher.forDecryption(key, USAGE)) {
            assertThrows(
                    IntegrityException.class,
                    () -> receiver.decrypt(new byte[length], 0, length, new byte[part], 0, part, new byte[80]));
        }
    }

    /** What a closed object computes is what a key of zeros would. */
    @Property(tries = 12)
    void closing_leaves_a_key_of_zeros(@ForAll("rfc4121") EncryptionType type) {
        FixedRandom confounder = new FixedRandom(new byte[] {1, 2, 3, 4, 5});
        byte[] plain = {6, 7, 8};
        int size = type.confounderSize() + plain.length;
        byte[] cipher = new byte[plain.length + type.overhead()];
        byte[] checksum = new byte[type.checksumSize()];
        try (EncryptionKey key = EncryptionKey.generate(type, random)) {
            MessageCipher sender = MessageCipher.forEncryption(key, USAGE);
            sender.close();
            sender.close();
            sender.encrypt(plain, 0, plain.length, new byte[0], cipher, 0, confounder);
            MessageChecksum closed = new MessageChecksum(key, USAGE);
            closed.close();
            closed.close();
            closed.update(plain, 0, plain.length);
            closed.finish(checksum, 0);
        }

        byte[] covered = new byte[size];
        confounder.nextBytes(covered);
        System.arraycopy(plain, 0, covered, type.confounderSize(), plain.length);
        byte[] expected;
        try (Cts zero = DerivedKeyProfile.of(type).encryption(new byte[type.keySize()])) {
            expected = Vectors.encrypt(zero, covered);
        }
        assertArrayEquals(expected, Arrays.copyOf(cipher, size));
        byte[] mac = Arrays.copyOfRange(cipher, size, cipher.length);
        if (DerivedKeyProfile.of(type).authenticatesCiphertext()) {
            byte[] state = new byte[type.confounderSize() + size];
            System.arraycopy(expected, 0, state, type.confounderSize(), size);
            covered = state;
        }
        assertArrayEquals(zeroKeyed(type, covered), mac);
        assertArrayEquals(zeroKeyed(type, plain), checksum);
    }

    private static byte[] zeroKeyed(EncryptionType type, byte[] data) {
        byte[] checksum = new byte[type.checksumSize()];
        try (BoundMac zero = DerivedKeyProfile.of(type).mac(new byte[type.keySize()])) {
            zero.update(data, 0, data.length);
            zero.finish(checksum, 0, checksum.length);
        }
        return checksum;
    }

    @Property(tries = 12)
    void a_closed_receiver_decrypts_with_a_key_of_zeros(@ForAll("rfc4121") EncryptionType type) {
        byte[] cipher = new byte[40];
        random.nextBytes(cipher);
        try (Cts zero = DerivedKeyProfile.of(type).decryption(new byte[type.keySize()]);
                EncryptionKey key = EncryptionKey.generate(type, random)) {
            Cts closed = key.withDerived(USAGE, DerivedKeyPurpose.ENCRYPTION, DerivedKeyProfile.of(type)::decryption);
            closed.close();
            assertArrayEquals(Vectors.decrypt(zero, cipher), Vectors.decrypt(closed, cipher));
        }
    }

    @Property(tries = 100)
    void a_checksum_does_not_depend_on_its_segments(
            @ForAll("rfc4121") EncryptionType type,
            @ForAll @IntRange(max = 300) int first,
            @ForAll @IntRange(max = 300) int second,
            @ForAll @IntRange(max = 20) int offset)
            throws IntegrityException {
        byte[] data = new byte[offset + first + second];
        random.nextBytes(data);
        try (EncryptionKey key = EncryptionKey.generate(type, random);
                MessageChecksum checksum = new MessageChecksum(key, USAGE)) {
            byte[] whole = key.checksum(USAGE, data, offset, first + second);
            byte[] out = new byte[offset + type.checksumSize()];
            checksum.update(data, offset, first);
            checksum.update(data, offset + first, second);
            checksum.finish(out, offset);
            assertArrayEquals(whole, Arrays.copyOfRange(out, offset, out.length));

            checksum.update(data, offset, first);
            checksum.update(data, offset + first, second);
            checksum.verify(out, offset);
        }
    }
}
