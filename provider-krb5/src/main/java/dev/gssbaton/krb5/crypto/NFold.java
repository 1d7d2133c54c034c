package dev.gssbaton.krb5.crypto;

/** The n-fold function (<a href="https://www.rfc-editor.org/rfc/rfc3961#section-5.1">RFC 3961 section 5.1</a>). */
final class NFold {
    private static final int ROTATION = 13;

    private NFold() {}

    /**
     * Stretches or shrinks octets so that every input bit counts about equally.
     *
     * @param input at least one octet; not changed
     * @param size number of octets of the result
     * @return a new array
     */
    static byte[] nFold(byte[] input, int size) {
        int repetitions = leastCommonMultiple(input.length, size) / input.length;
        int[] sums = new int[size];
        for (int repetition = 0, to = 0; repetition < repetitions; repetition++) {
            for (int i = 0; i < input.length; i++, to++) {
                sums[to % size] += rotatedOctet(input, repetition * ROTATION, i);
            }
        }
        return addCarries(sums);
    }

    /** Gives octet {@code index} of the input after it was rotated to the right by so many bits. */
    private static int rotatedOctet(byte[] input, int rotation, int index) {
        int bits = 8 * input.length;
        int from = Math.floorMod(8 * index - rotation, bits);
        int high = input[from / 8] & 0xFF;
        int low = input[(from / 8 + 1) % input.length] & 0xFF;
        return ((high << 8 | low) >>> (8 - from % 8)) & 0xFF;
    }

    /** Ones' complement: what is carried out of the first octet is added to the last. */
    private static byte[] addCarries(int[] sums) {
        int carry = 0;
        do {
            for (int i = sums.length - 1; i >= 0; i--) {
                int sum = sums[i] + carry;
                sums[i] = sum & 0xFF;
                carry = sum >>> 8;
            }
        } while (carry != 0);
        byte[] folded = new byte[sums.length];
        for (int i = 0; i < folded.length; i++) {
            folded[i] = (byte) sums[i];
        }
        return folded;
    }

    private static int leastCommonMultiple(int a, int b) {
        int x = a;
        int y = b;
        while (y != 0) {
            int rest = x % y;
            x = y;
            y = rest;
        }
        return a / x * b;
    }
}
