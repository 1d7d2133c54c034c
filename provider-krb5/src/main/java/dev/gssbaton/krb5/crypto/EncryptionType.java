package dev.gssbaton.krb5.crypto;

import java.util.List;
import java.util.Optional;

/**
 * The encryption types of Kerberos that are spoken here, by
 * <a href="https://www.iana.org/assignments/kerberos-parameters">IANA's registry</a>, each with its mandatory checksum.
 */
public enum EncryptionType {
    /** aes128-cts-hmac-sha1-96, RFC 3962. */
    AES128_CTS_HMAC_SHA1_96(
            17, "aes128-cts-hmac-sha1-96", List.of("aes128-cts", "aes128-sha1"), 16, 12, 15, new Rfc3962Profile(16)),
    /** aes256-cts-hmac-sha1-96, RFC 3962. */
    AES256_CTS_HMAC_SHA1_96(
            18, "aes256-cts-hmac-sha1-96", List.of("aes256-cts", "aes256-sha1"), 32, 12, 16, new Rfc3962Profile(32)),
    /** aes128-cts-hmac-sha256-128, RFC 8009. */
    AES128_CTS_HMAC_SHA256_128(
            19,
            "aes128-cts-hmac-sha256-128",
            List.of("aes128-sha2"),
            16,
            16,
            19,
            new Rfc8009Profile("HmacSHA256", 16, 32)),
    /** aes256-cts-hmac-sha384-192, RFC 8009. */
    AES256_CTS_HMAC_SHA384_192(
            20,
            "aes256-cts-hmac-sha384-192",
            List.of("aes256-sha2"),
            32,
            24,
            20,
            new Rfc8009Profile("HmacSHA384", 32, 48)),
    /** rc4-hmac, RFC 4757, which is weak. */
    RC4_HMAC(
            23,
            "rc4-hmac",
            List.of("arcfour-hmac", "arcfour-hmac-md5"),
            Rfc4757Profile.KEY_SIZE,
            Rfc4757Profile.CHECKSUM_SIZE,
            -138,
            new Rfc4757Profile()),
    /** camellia128-cts-cmac, RFC 6803. */
    CAMELLIA128_CTS_CMAC(
            25, "camellia128-cts-cmac", List.of("camellia128-cts"), 16, CamelliaCmac.SIZE, 17, new Rfc6803Profile(16)),
    /** camellia256-cts-cmac, RFC 6803. */
    CAMELLIA256_CTS_CMAC(
            26, "camellia256-cts-cmac", List.of("camellia256-cts"), 32, CamelliaCmac.SIZE, 18, new Rfc6803Profile(32));

    private static final EncryptionType[] ALL = values();

    private final int number;
    private final String rfcName;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> aliases;

    private final int keySize;
    private final int checksumSize;
    private final int checksumType;

    @SuppressWarnings("ImmutableEnumChecker") // profiles have no state that changes
    private final Profile profile;

    EncryptionType(
            int number,
            String rfcName,
            List<String> aliases,
            int keySize,
            int checksumSize,
            int checksumType,
            Profile profile) {
        this.number = number;
        this.rfcName = rfcName;
        this.aliases = aliases;
        this.keySize = keySize;
        this.checksumSize = checksumSize;
        this.checksumType = checksumType;
        this.profile = profile;
    }

    /**
     * Finds an encryption type by its number.
     *
     * @param number the number in the registry
     * @return the type, or empty if it is not spoken here
     */
    public static Optional<EncryptionType> of(int number) {
        for (EncryptionType type : ALL) {
            if (type.number == number) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /**
     * Finds an encryption type by its name or one of the aliases that krb5.conf knows, in upper or lower case.
     *
     * @param name the name, not null
     * @return the type, or empty if it is not spoken here
     */
    public static Optional<EncryptionType> named(String name) {
        for (EncryptionType type : values()) {
            if (type.rfcName.equalsIgnoreCase(name) || type.aliases.stream().anyMatch(name::equalsIgnoreCase)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /**
     * Gives the number on the wire.
     *
     * @return the number in the registry
     */
    public int number() {
        return number;
    }

    /**
     * Gives the name in the RFC.
     *
     * @return the name, in lower case
     */
    public String rfcName() {
        return rfcName;
    }

    /**
     * Gives the other names that krb5.conf knows.
     *
     * @return an unmodifiable list
     */
    public List<String> aliases() {
        return aliases;
    }

    /**
     * Gives the size of a key.
     *
     * @return number of octets
     */
    public int keySize() {
        return keySize;
    }

    /**
     * Gives the size of a checksum, alone or in a ciphertext.
     *
     * @return number of octets
     */
    public int checksumSize() {
        return checksumSize;
    }

    /**
     * Gives the number of the mandatory checksum type.
     *
     * @return the number in the registry of checksum types
     */
    public int checksumType() {
        return checksumType;
    }

    /**
     * Tells whether a context of this type is one of RFC 4121: by its tokens, its sequence numbers of 64 bits and its
     * acceptor's subkey. Otherwise it is one of RFC 1964 and RFC 4757.
     *
     * @return false for rc4-hmac
     */
    public boolean isOfRfc4121() {
        return this != RC4_HMAC;
    }

    /**
     * Gives the size of the random octets that a ciphertext begins with.
     *
     * @return number of octets
     */
    public int confounderSize() {
        return profile.confounderSize();
    }

    /**
     * Gives the size of a ciphertext less that of its plaintext: confounder and checksum, since nothing is padded.
     *
     * @return number of octets
     */
    public int overhead() {
        return confounderSize() + checksumSize;
    }

    Profile profile() {
        return profile;
    }
}
