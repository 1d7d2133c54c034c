package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import org.ietf.jgss.GSSException;

/**
 * What MIT krb5's library notes of the tokens that protect messages. It notes it of the first subkey, and uses what belongs to
 * the second one if there is one: of another type, if RFC 4537 made it so.
 *
 * <pre>{@code
 * octets  field        of RFC 4121   of rc4-hmac
 * 4       signalg      ffffffff      11
 * 4       cksum_size   0             8
 * 4       sealalg      ffffffff      10
 * }</pre>
 */
enum MitAlgorithms {
    RFC_4121(-1, 0, -1, 1, -1),
    RC4(0x0011, 8, 0x0010, 0, 0xFFFF_FFFFL);

    private final int signalg;
    private final int checksumSize;
    private final int sealalg;
    private final int proto;
    private final long mask;

    MitAlgorithms(int signalg, int checksumSize, int sealalg, int proto, long mask) {
        this.signalg = signalg;
        this.checksumSize = checksumSize;
        this.sealalg = sealalg;
        this.proto = proto;
        this.mask = mask;
    }

    static MitAlgorithms of(EncryptionKey key) {
        return key.type().isOfRfc4121() ? RFC_4121 : RC4;
    }

    void encode(StateWriter out) {
        out.int32(signalg);
        out.int32(checksumSize);
        out.int32(sealalg);
    }

    static MitAlgorithms decode(StateReader in) throws GSSException {
        int signalg = in.int32("signalg");
        int checksumSize = in.int32("cksum_size");
        int sealalg = in.int32("sealalg");
        for (MitAlgorithms each : values()) {
            if (each.signalg == signalg && each.checksumSize == checksumSize && each.sealalg == sealalg) {
                return each;
            }
        }
        throw StateReader.malformed("signalg, cksum_size or sealalg", "is of no encryption type known here");
    }

    /** Gives the library's number of these tokens, {@code proto}. */
    int proto() {
        return proto;
    }

    /** Gives the bits that the numbers of messages have. */
    long mask() {
        return mask;
    }
}
