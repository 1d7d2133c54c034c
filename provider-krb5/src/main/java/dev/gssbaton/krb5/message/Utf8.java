package dev.gssbaton.krb5.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Strict UTF-8, which every implementation writes where a name is not ASCII. */
public final class Utf8 {
    private Utf8() {}

    /**
     * Reads a text.
     *
     * @param source the array, neither kept nor changed
     * @param offset index of the first octet
     * @param length number of octets
     * @return the text; empty if the octets are not UTF-8
     */
    public static Optional<String> decode(byte[] source, int offset, int length) {
        boolean ascii = true;
        for (int i = offset; i < offset + length; i++) {
            ascii &= source[i] >= 0;
        }
        String text = length == 0 ? "" : new String(source, offset, length, StandardCharsets.UTF_8);
        // What is not UTF-8 became a replacement character, and so has another encoding now.
        boolean exact = ascii
                || Arrays.equals(
                        text.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(source, offset, offset + length));
        return exact ? Optional.of(text) : Optional.empty();
    }
}
