package dev.gssbaton;

import dev.gssbaton.spi.TransferFault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.ietf.jgss.GSSException;

/**
 * Tokens in streams, for the deprecated stream variants of {@code GSSContext}.
 *
 * <p>A framed token of the establishment (RFC 2743 section 3.1) is read by its own length, so that octets behind it stay in
 * the stream. Messages and the tokens of RFC 4121 carry no length: they are read to the end of their stream.
 */
final class Streams {
    private static final int FRAME_TAG = 0x60;

    /** No token of an establishment has more octets: what a peer that has proved nothing yet can make us hold. */
    private static final int MAX_FRAME = 1 << 20;

    private Streams() {}

    static byte[] readToken(InputStream in) throws GSSException {
        try {
            ByteArrayOutputStream token = new ByteArrayOutputStream();
            int tag = copyOctet(in, token);
            if (tag != FRAME_TAG) {
                token.write(in.readNBytes(MAX_FRAME - 1));
                if (in.read() >= 0) {
                    throw TransferFault.refusal(
                            GSSException.DEFECTIVE_TOKEN,
                            "the token in the stream is longer than " + MAX_FRAME + " octets");
                }
                return token.toByteArray();
            }
            int first = copyOctet(in, token);
            int length = first;
            if (first > 0x80 && first <= 0x84) {
                length = 0;
                for (int i = 0; i < (first & 0x7F) && length <= MAX_FRAME; i++) {
                    length = (length << 8) | copyOctet(in, token);
                }
            }
            if (first == 0x80 || first > 0x84 || length < 0 || length > MAX_FRAME) {
                throw TransferFault.refusal(
                        GSSException.DEFECTIVE_TOKEN, "a token in the stream has a malformed length");
            }
            byte[] rest = in.readNBytes(length);
            if (rest.length != length) {
                throw endOfStream();
            }
            token.write(rest);
            return token.toByteArray();
        } catch (IOException e) {
            throw failed("read", e);
        }
    }

    private static int copyOctet(InputStream in, ByteArrayOutputStream out) throws IOException, GSSException {
        int octet = in.read();
        if (octet < 0) {
            throw endOfStream();
        }
        out.write(octet);
        return octet;
    }

    static byte[] readAll(InputStream in) throws GSSException {
        try {
            return in.readAllBytes();
        } catch (IOException e) {
            throw failed("read", e);
        }
    }

    static int write(OutputStream out, byte[] token) throws GSSException {
        try {
            out.write(token);
            out.flush();
            return token.length;
        } catch (IOException e) {
            throw failed("write", e);
        }
    }

    private static GSSException endOfStream() {
        return TransferFault.refusal(GSSException.DEFECTIVE_TOKEN, "the stream ended inside a token");
    }

    private static GSSException failed(String what, IOException cause) {
        GSSException failure = TransferFault.refusal(GSSException.FAILURE, "could not " + what + " the stream");
        failure.initCause(cause);
        return failure;
    }
}
