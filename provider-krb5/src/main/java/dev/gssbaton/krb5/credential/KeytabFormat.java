package dev.gssbaton.krb5.credential;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.PrincipalName;
import dev.gssbaton.krb5.message.Utf8;
import dev.gssbaton.spi.SecretBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads keytab files: MIT's format, which all implementations write, in both versions. Numbers are big-endian in version
 * 2, and in the order of the machine in version 1.
 *
 * <pre>{@code
 * file:      05 02 (or 05 01) | record …
 * record:    size, 4 octets, signed | -size octets of a hole if negative | otherwise an entry and padding
 * entry:     count of components, 2 (version 1: with the realm) | realm | component … | name type, 4 (version 2 alone)
 *            | timestamp, 4 | key version, 1 | encryption type, 2 | key | key version, 4 (if so many are left; 0: absent)
 * strings and key: length, 2 | octets
 * }</pre>
 *
 * <p>A size of 0 ends the file. What follows the key version in a record is ignored: MIT leaves there what an entry in a
 * larger hole does not need, and Heimdal writes flags.
 */
final class KeytabFormat {
    /** Thousands of entries. */
    static final int MAX_SIZE = 4 << 20;

    private static final int MAGIC = 0x05;
    private static final int VERSION_1 = 0x01;
    private static final int VERSION_2 = 0x02;

    /** What Microsoft's ktpass writes into each entry. */
    private static final long NO_TIME = 0;

    private static final int ALL_BITS = ~0;
    private static final int EIGHT_BITS = 0xFF;

    private KeytabFormat() {}

    /**
     * Reads all entries.
     *
     * @param file the file's octets, which the caller erases
     * @param modified when the file was written, which stands for the time of entries that have none
     * @return the keys, which the caller closes
     * @throws IOException if it is no keytab, naming the place and the field
     */
    static List<LongTermKey> decode(byte[] file, Instant modified) throws IOException {
        if (file.length < 2 || file[0] != MAGIC || (file[1] != VERSION_1 && file[1] != VERSION_2)) {
            throw new IOException("it does not begin with 05 01 or 05 02, as a keytab does");
        }
        boolean first = file[1] == VERSION_1;
        ByteBuffer in =
                ByteBuffer.wrap(file, 2, file.length - 2).order(first ? ByteOrder.nativeOrder() : ByteOrder.BIG_ENDIAN);
        List<LongTermKey> keys = new ArrayList<>();
        boolean done = false;
        try {
            while (in.hasRemaining()) {
                int at = in.position();
                int size = need(in, Integer.BYTES, "size", at).getInt();
                if (size == 0) {
                    break;
                }
                // The least integer has no magnitude; it is larger than any file either way.
                int length = size == Integer.MIN_VALUE ? Integer.MAX_VALUE : Math.abs(size);
                need(in, length, size < 0 ? "hole" : "entry", at);
                if (size > 0) {
                    ByteBuffer entry = in.slice(in.position(), length).order(in.order());
                    keys.add(entry(entry, first, modified, at));
                }
                in.position(in.position() + length);
            }
            done = true;
            return keys;
        } finally {
            if (!done) {
                keys.forEach(LongTermKey::close);
            }
        }
    }

    private static LongTermKey entry(ByteBuffer in, boolean first, Instant modified, int at) throws IOException {
        int count = uint16(in, "count of components", at) - (first ? 1 : 0);
        if (count < 1 || count > PrincipalName.MAX_COMPONENTS) {
            throw malformed("has " + count + " components", at);
        }
        String realm = string(in, "realm", at);
        List<String> components = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            components.add(string(in, "component", at));
        }
        int nameType = first
                ? PrincipalName.NT_UNKNOWN
                : need(in, Integer.BYTES, "name type", at).getInt();
        long timestamp =
                Integer.toUnsignedLong(need(in, Integer.BYTES, "timestamp", at).getInt());
        int kvno = need(in, 1, "key version", at).get() & 0xFF;
        int number = uint16(in, "encryption type", at);
        int length = uint16(in, "length of the key", at);
        int keyAt = in.arrayOffset() + need(in, length, "key", at).position();
        in.position(in.position() + length);
        int mask = EIGHT_BITS;
        if (in.remaining() >= Integer.BYTES) {
            int wide = in.getInt();
            if (wide != 0) {
                kvno = wide;
                mask = ALL_BITS;
            }
        }
        EncryptionType type = EncryptionType.of(number).orElse(null);
        if (type != null && length != type.keySize()) {
            throw malformed(
                    "has a key of " + length + " octets, and " + type.rfcName() + " takes " + type.keySize(), at);
        }
        EncryptionKey key =
                type == null ? null : new EncryptionKey(type, SecretBytes.copyOf(in.array(), keyAt, length));
        return new LongTermKey(
                new Principal(new PrincipalName(nameType, components), realm),
                number,
                kvno,
                mask,
                timestamp == NO_TIME ? modified : Instant.ofEpochSecond(timestamp),
                key);
    }

    private static String string(ByteBuffer in, String field, int at) throws IOException {
        int length = uint16(in, field, at);
        int from = in.arrayOffset() + need(in, length, field, at).position();
        in.position(in.position() + length);
        return Utf8.decode(in.array(), from, length)
                .orElseThrow(() -> malformed("has a " + field + " that is not UTF-8", at));
    }

    private static int uint16(ByteBuffer in, String field, int at) throws IOException {
        return need(in, Short.BYTES, field, at).getShort() & 0xFFFF;
    }

    private static ByteBuffer need(ByteBuffer in, int length, String field, int at) throws IOException {
        if (in.remaining() < length) {
            throw malformed("ends within its " + field, at);
        }
        return in;
    }

    private static IOException malformed(String what, int at) {
        return new IOException("the record at octet " + at + " " + what);
    }
}
