package dev.gssbaton.cli.demo;

import dev.gssbaton.seal.TokenHeader;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * What a worker is offered: a token, sealed.
 *
 * <pre>
 * 0..3  length
 * 4..   token
 * </pre>
 */
final class TokenOffer {
    private TokenOffer() {}

    static void write(byte[] token, WritableByteChannel out) throws IOException {
        ByteBuffer length =
                ByteBuffer.allocate(Integer.BYTES).putInt(token.length).flip();
        ByteBuffer octets = ByteBuffer.wrap(token);
        while (length.hasRemaining()) {
            out.write(length);
        }
        while (octets.hasRemaining()) {
            out.write(octets);
        }
    }

    static byte[] read(ReadableByteChannel in) throws IOException {
        int length = Reply.fill(ByteBuffer.allocate(Integer.BYTES), in).getInt(0);
        if (length < 0 || length > TokenHeader.MAX_TOKEN_SIZE) {
            throw new ProtocolException("an offer that is longer than any token");
        }
        return Reply.fill(ByteBuffer.allocate(length), in).array();
    }
}
