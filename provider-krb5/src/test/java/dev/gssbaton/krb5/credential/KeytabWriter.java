package dev.gssbaton.krb5.credential;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes keytab files in both versions, whole and broken ones. */
public final class KeytabWriter {
    private static final int LONG_AGO = 1;

    private final boolean first;
    private final ByteArrayOutputStream file = new ByteArrayOutputStream();

    private KeytabWriter(boolean first) {
        this.first = first;
        file.write(5);
        file.write(first ? 1 : 2);
    }

    static KeytabWriter version1() {
        return new KeytabWriter(true);
    }

    /** Begins a keytab as all write them. */
    public static KeytabWriter version2() {
        return new KeytabWriter(false);
    }

    /** Adds an entry whose key has as many octets of a pattern as its type takes. */
    KeytabWriter entry(String principal, int kvno, int etype) {
        return entry(principal, kvno, etype, key(kvno, etype), 0);
    }

    /** Adds an entry, and so many octets of padding. */
    public KeytabWriter entry(String principal, int kvno, int etype, byte[] key, int padding) {
        return entry(principal, LONG_AGO, kvno, etype, key, padding);
    }

    /** Adds an entry that was written at a time, in seconds since 1970; 0 for none. */
    public KeytabWriter written(long timestamp, String principal, int kvno, int etype) {
        return entry(principal, (int) timestamp, kvno, etype, key(kvno, etype), 0);
    }

    private KeytabWriter entry(String principal, int timestamp, int kvno, int etype, byte[] key, int padding) {
        String[] nameAndRealm = principal.split("@", -1);
        String[] components = nameAndRealm[0].split("/", -1);
        ByteBuffer entry = ByteBuffer.allocate(4096).order(order());
        entry.putShort((short) (components.length + (first ? 1 : 0)));
        string(entry, nameAndRealm[1]);
        for (String component : components) {
            string(entry, component);
        }
        if (!first) {
            entry.putInt(1);
        }
        entry.putInt(timestamp);
        entry.put((byte) kvno);
        entry.putShort((short) etype);
        entry.putShort((short) key.length);
        entry.put(key);
        if (kvno > 255) {
            entry.putInt(kvno);
        }
        entry.put(new byte[padding]);
        return record(entry.position(), Arrays.copyOf(entry.array(), entry.position()));
    }

    KeytabWriter hole(int size) {
        return record(-size, new byte[size]);
    }

    KeytabWriter record(int size, byte[] octets) {
        file.writeBytes(ByteBuffer.allocate(4).order(order()).putInt(size).array());
        file.writeBytes(octets);
        return this;
    }

    /** Gives the file. */
    public byte[] bytes() {
        return file.toByteArray();
    }

    static byte[] key(int kvno, int etype) {
        byte[] key = new byte[etype % 2 == 0 ? 32 : 16];
        Arrays.fill(key, (byte) (16 * etype + kvno));
        return key;
    }

    private ByteOrder order() {
        return first ? ByteOrder.nativeOrder() : ByteOrder.BIG_ENDIAN;
    }

    private static void string(ByteBuffer entry, String string) {
        byte[] octets = string.getBytes(StandardCharsets.UTF_8);
        entry.putShort((short) octets.length).put(octets);
    }
}
