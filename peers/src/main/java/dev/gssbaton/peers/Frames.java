package dev.gssbaton.peers;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Messages over two pipes, as frames (a four-byte length and the bytes) or as lines; both may be mixed.
 *
 * <p>What is written is flushed at once. One thread may read while another writes.
 */
public final class Frames {
    /** No frame of the tests is larger; a larger length means that one side is out of step. */
    private static final int MAX_FRAME = 64 << 20;

    private final DataInputStream in;
    private final DataOutputStream out;

    Frames(InputStream in, OutputStream out) {
        this.in = new DataInputStream(in);
        this.out = new DataOutputStream(out);
    }

    /**
     * Returns the connection of a child process to the one that started it, over standard input and output.
     *
     * <p>Sets {@code System.out} to standard error, so that nothing else that prints can come between. To be called
     * once, by the main method.
     */
    public static Frames toParent() {
        Frames frames = new Frames(System.in, System.out);
        System.setOut(System.err);
        return frames;
    }

    /** Writes a frame. */
    public synchronized void write(byte[] frame) throws IOException {
        out.writeInt(frame.length);
        out.write(frame);
        out.flush();
    }

    /**
     * Reads a frame.
     *
     * @return the frame, or null at the end of the input
     * @throws EOFException if the input ends within a frame
     */
    public byte[] read() throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        int length = (first << 24) | (in.readUnsignedByte() << 16) | in.readUnsignedShort();
        if (length < 0 || length > MAX_FRAME) {
            throw new IOException("Not a frame: its first four bytes are 0x" + Integer.toHexString(length));
        }
        byte[] frame = new byte[length];
        in.readFully(frame);
        return frame;
    }

    /** Writes a line. */
    public synchronized void println(String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /**
     * Reads a line.
     *
     * @return the line without its end, or null at the end of the input
     */
    public String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                return line.size() == 0 ? null : line.toString(StandardCharsets.UTF_8);
            }
            line.write(octet);
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
