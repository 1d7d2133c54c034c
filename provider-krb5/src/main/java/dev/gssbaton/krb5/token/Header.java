package dev.gssbaton.krb5.token;

import dev.gssbaton.spi.TransferFault;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.ietf.jgss.GSSException;

/** What the headers of both tokens have in common: their size, their numbers, and how they fail. */
final class Header {
    private static final int SIZE = 16;
    /** What a token of RFC 1964 begins with: the tag of the generic framing. */
    private static final int RFC_1964_TAG = 0x60;

    private static final VarHandle INT64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Header() {}

    /** Checks the length and the TOK_ID. */
    static void check(byte[] token, int offset, int length, int tokId, String kind) throws GSSException {
        if (length < SIZE) {
            throw defective("a " + kind + " token has at least " + SIZE + " octets, not " + length);
        }
        if (uint16(token, offset) != tokId) {
            throw defective(
                    (token[offset] & 0xFF) == RFC_1964_TAG
                            ? "a token of RFC 1964, where this context's key takes those of RFC 4121"
                            : "the TOK_ID is not that of a " + kind + " token");
        }
    }

    static int uint16(byte[] from, int at) {
        return (from[at] & 0xFF) << 8 | (from[at + 1] & 0xFF);
    }

    static void putUint16(byte[] to, int at, int value) {
        to[at] = (byte) (value >>> 8);
        to[at + 1] = (byte) value;
    }

    static int int32(byte[] from, int at) {
        return uint16(from, at) << 16 | uint16(from, at + 2);
    }

    static void putInt32(byte[] to, int at, int value) {
        putUint16(to, at, value >>> 16);
        putUint16(to, at + 2, value);
    }

    static long int64(byte[] from, int at) {
        return (long) INT64.get(from, at);
    }

    static void putInt64(byte[] to, int at, long value) {
        INT64.set(to, at, value);
    }

    static GSSException defective(String what) {
        return TransferFault.refusal(GSSException.DEFECTIVE_TOKEN, what);
    }

    static GSSException badMic() {
        return TransferFault.refusal(
                GSSException.BAD_MIC, "the token was not made with this context's key, or was changed");
    }
}
