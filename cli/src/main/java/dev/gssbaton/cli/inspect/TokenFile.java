package dev.gssbaton.cli.inspect;

import dev.gssbaton.cli.Problem;
import dev.gssbaton.seal.TokenHeader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;

/** Reads a token as people keep one: its octets, or their hexadecimal digits, or base64 of either alphabet. */
final class TokenFile {
    /** Two digits for an octet, and room for line breaks. */
    private static final int MAX_SIZE = 3 * TokenHeader.MAX_TOKEN_SIZE;

    private TokenFile() {}

    /** Reads a token. What is in none of the three forms is given back as it is. */
    static byte[] read(InputStream in) throws IOException, Problem {
        byte[] octets = in.readNBytes(MAX_SIZE + 1);
        if (octets.length > MAX_SIZE) {
            throw new Problem("this is no token: it is longer than any token's hexadecimal digits");
        }
        if (isToken(octets)) {
            return octets;
        }
        String text = new String(octets, StandardCharsets.ISO_8859_1).replaceAll("\\s", "");
        try {
            byte[] token = HexFormat.of().parseHex(text);
            if (isToken(token)) {
                return token;
            }
        } catch (IllegalArgumentException e) {
            // Then it is not hexadecimal.
        }
        try {
            byte[] token = Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
            if (isToken(token)) {
                return token;
            }
        } catch (IllegalArgumentException e) {
            // Then it is not base64.
        }
        return octets;
    }

    /** Reads the token in a file, or in the standard input if the name is a hyphen. */
    static byte[] read(String file) throws IOException, Problem {
        if (file.equals("-")) {
            return read(System.in);
        }
        Path path = Path.of(file);
        if (Files.isDirectory(path)) {
            throw new Problem(path + " is a directory: name a file that holds a token");
        }
        try (InputStream in = Files.newInputStream(path)) {
            return read(in);
        }
    }

    private static boolean isToken(byte[] octets) {
        return TokenHeader.hasMagic(octets) || ForeignFormats.of(octets).isPresent();
    }
}
