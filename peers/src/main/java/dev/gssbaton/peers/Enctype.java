package dev.gssbaton.peers;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Kerberos encryption types that the private KDCs can be asked for, with their registered numbers and names. */
public enum Enctype {
    /** RFC 3962. */
    AES128_CTS_HMAC_SHA1_96(17, "aes128-cts-hmac-sha1-96"),
    /** RFC 3962. */
    AES256_CTS_HMAC_SHA1_96(18, "aes256-cts-hmac-sha1-96"),
    /** RFC 8009. */
    AES128_CTS_HMAC_SHA256_128(19, "aes128-cts-hmac-sha256-128"),
    /** RFC 8009. */
    AES256_CTS_HMAC_SHA384_192(20, "aes256-cts-hmac-sha384-192"),
    /** RFC 4757, which the JDK, MIT and Heimdal count as weak. */
    RC4_HMAC(23, "rc4-hmac"),
    /** RFC 6803, which MIT alone speaks. */
    CAMELLIA128_CTS_CMAC(25, "camellia128-cts-cmac"),
    /** RFC 6803, which MIT alone speaks. */
    CAMELLIA256_CTS_CMAC(26, "camellia256-cts-cmac");

    private final int number;
    private final String registeredName;

    Enctype(int number, String registeredName) {
        this.number = number;
        this.registeredName = registeredName;
    }

    /** Returns the number from the registry, for example 17. */
    public int number() {
        return number;
    }

    /** Returns the name from the registry, as configuration files and {@code kadmin} spell it. */
    public String registeredName() {
        return registeredName;
    }

    /** Tells whether this JVM's own Kerberos gets tickets with such session keys: never Camellia's, and RC4's on 17 alone. */
    public boolean jdkGetsTickets() {
        return switch (this) {
            case CAMELLIA128_CTS_CMAC, CAMELLIA256_CTS_CMAC -> false;
            case RC4_HMAC -> Runtime.version().feature() == 17;
            default -> true;
        };
    }

    static String names(Enctype... enctypes) {
        return Arrays.stream(enctypes).map(Enctype::registeredName).collect(Collectors.joining(" "));
    }
}
