package dev.gssbaton.seal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** How an application's purpose is written into a derivation. */
final class Purposes {
    private Purposes() {}

    /** Gives a purpose in UTF-8, and refuses what has none: unpaired surrogates would make two purposes one. */
    static byte[] octets(String purpose) {
        try {
            ByteBuffer octets = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(purpose));
            byte[] array = new byte[octets.remaining()];
            octets.get(array);
            return array;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the purpose is not a well-formed text", e);
        }
    }
}
