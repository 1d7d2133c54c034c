package dev.gssbaton.jgss;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Tokens that no peer has made: noise, and what may become of a real one on its way. */
final class BadTokens {
    private BadTokens() {}

    /** Gives bad tokens by what was done to them; for the same token the same. */
    static Map<String, byte[]> of(byte[] real) {
        Map<String, byte[]> tokens = new LinkedHashMap<>();
        tokens.put("three octets", new byte[] {1, 2, 3});
        byte[] noise = new byte[300];
        new Random(1).nextBytes(noise);
        tokens.put("noise", noise);
        for (int length : new int[] {1, 10, 17, real.length / 2, real.length - 1}) {
            tokens.put("cut after " + named(length, real), Arrays.copyOf(real, length));
        }
        for (int at : new int[] {0, 6, 20, real.length / 2, real.length - 1}) {
            byte[] changed = real.clone();
            changed[at] ^= 0x55;
            tokens.put("changed at " + named(at, real), changed);
        }
        return tokens;
    }

    /** Real tokens differ in length by an octet or two. */
    private static String named(int place, byte[] real) {
        return place == real.length - 1 ? "all but one" : place == real.length / 2 ? "half" : Integer.toString(place);
    }
}
