package dev.gssbaton.cli.sample;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * One frame of the gss-sample protocol.
 *
 * <pre>
 * 0     flags
 * 1..4  length, big-endian
 * 5..   body
 * </pre>
 */
public final class Frame {
    /** Nothing: the first frame of a conversation, the answer to a message without MIC, the end. */
    public static final int NOOP = 1;
    /** The body is a token that establishes the context. */
    public static final int CONTEXT = 2;
    /** The body is a message. */
    public static final int DATA = 4;
    /** The body is a MIC. */
    public static final int MIC = 8;
    /** A context comes next. */
    public static final int CONTEXT_NEXT = 16;
    /** The message is wrapped. */
    public static final int WRAPPED = 32;
    /** The message is wrapped with confidentiality. */
    public static final int ENCRYPTED = 64;
    /** The sender wants a MIC of the message. */
    public static final int SEND_MIC = 128;

    private static final int HEADER_SIZE = 5;
    private static final byte[] EMPTY = {};

    private final int flags;
    private final byte[] body;

    /**
     * Makes a frame.
     *
     * @param flags what the body is, and what the sender wants
     * @param body the body; not copied
     */
    public Frame(int flags, byte[] body) {
        this.flags = flags;
        this.body = body;
    }

    /** Returns an empty frame. */
    public static Frame empty(int flags) {
        return new Frame(flags, EMPTY);
    }

    /** Returns what the body is, and what the sender wants. */
    public int flags() {
        return flags;
    }

    /** Returns the body itself. */
    public byte[] body() {
        return body;
    }

    /** Tells whether one of these flags is set. */
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /**
     * Reads a frame and not an octet more, so that what follows can be read by another process.
     *
     * @param maxBody the longest body that is taken; nothing is allocated for a longer one
     * @return the frame; null if the sender has ended before it
     */
    public static Frame read(ReadableByteChannel in, int maxBody) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_SIZE);
        if (in.read(header) < 0) {
            return null;
        }
        fill(header, in);
        int flags = header.get(0) & 0xFF;
        byte[] body = new byte[checked(header.getInt(1), maxBody)];
        fill(ByteBuffer.wrap(body), in);
        return new Frame(flags, body);
    }

    /**
     * Takes a frame out of what was read.
     *
     * @param in what was read; its position moves behind the frame, and stays if the frame is not whole yet
     * @param maxBody the longest body that is taken
     * @return the frame; null if it is not whole yet
     * @throws ProtocolException if its body is longer
     */
    public static Frame next(ByteBuffer in, int maxBody) throws ProtocolException {
        if (in.remaining() < HEADER_SIZE) {
            return null;
        }
        int length = checked(in.getInt(in.position() + 1), maxBody);
        if (in.remaining() < HEADER_SIZE + length) {
            return null;
        }
        int flags = in.get() & 0xFF;
        in.getInt();
        byte[] body = new byte[length];
        in.get(body);
        return new Frame(flags, body);
    }

    private static int checked(int length, int maxBody) throws ProtocolException {
        if (length < 0 || length > maxBody) {
            throw new ProtocolException("a frame of " + Integer.toUnsignedString(length)
                    + " octets, and the longest taken has " + maxBody + ": is this gss-client?");
        }
        return length;
    }

    /** Writes the frame. */
    public void write(WritableByteChannel out) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(HEADER_SIZE + body.length)
                .put((byte) flags)
                .putInt(body.length)
                .put(body)
                .flip();
        while (octets.hasRemaining()) {
            out.write(octets);
        }
    }

    private static void fill(ByteBuffer buffer, ReadableByteChannel in) throws IOException {
        while (buffer.hasRemaining()) {
            if (in.read(buffer) < 0) {
                throw new EOFException("the peer ended in the middle of a frame");
            }
        }
    }
}
