package dev.gssbaton.cli.demo;

import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.MajorStatus;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.ietf.jgss.GSSException;

/**
 * A worker's reply to an offer.
 *
 * <pre>
 * 0     00 taken, 01 refused
 * 1..4  major status
 * 5..8  minor status
 * 9..10 length of the text
 * 11..  text, UTF-8
 * </pre>
 *
 * @param taken whether the worker has the context now
 * @param major the major status of the refusal
 * @param minor the minor status of the refusal
 * @param text why it was refused
 */
record Reply(boolean taken, int major, int minor, String text) {
    private static final int MINOR_POS = 1 + Integer.BYTES;
    private static final int LENGTH_POS = MINOR_POS + Integer.BYTES; // 9
    private static final int HEADER_SIZE = LENGTH_POS + Short.BYTES; // 11
    private static final int MAX_TEXT = 4096;

    static Reply yes() {
        return new Reply(true, 0, 0, "");
    }

    static Reply no(GSSException e) {
        return new Reply(false, e.getMajor(), e.getMinor(), Complaint.line(Complaint.reason(e)));
    }

    /** Returns the major status' name and the text. */
    public String reason() {
        return MajorStatus.name(major) + ": " + text;
    }

    void write(WritableByteChannel out) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        byte[] cut = octets.length <= MAX_TEXT ? octets : Arrays.copyOf(octets, MAX_TEXT);
        ByteBuffer reply = ByteBuffer.allocate(HEADER_SIZE + cut.length)
                .put((byte) (taken ? 0 : 1))
                .putInt(major)
                .putInt(minor)
                .putShort((short) cut.length)
                .put(cut)
                .flip();
        while (reply.hasRemaining()) {
            out.write(reply);
        }
    }

    static Reply read(ReadableByteChannel in) throws IOException {
        ByteBuffer header = fill(ByteBuffer.allocate(HEADER_SIZE), in);
        int kind = header.get(0);
        int length = header.getShort(LENGTH_POS);
        if (kind < 0 || kind > 1 || length < 0 || length > MAX_TEXT) {
            throw new ProtocolException("a reply that no worker gives");
        }
        byte[] text = fill(ByteBuffer.allocate(length), in).array();
        return new Reply(
                kind == 0, header.getInt(1), header.getInt(MINOR_POS), new String(text, StandardCharsets.UTF_8));
    }

    static ByteBuffer fill(ByteBuffer buffer, ReadableByteChannel in) throws IOException {
        while (buffer.hasRemaining()) {
            if (in.read(buffer) < 0) {
                throw new EOFException("the other process ended");
            }
        }
        return buffer.flip();
    }
}
