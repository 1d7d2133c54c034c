package dev.gssbaton.peers;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A frame of MIT's gss-sample protocol.
 *
 * <p>0 flags | 1..4 length, big-endian | 5.. token
 *
 * @param flags the sum of the flags below
 * @param token a token or a message, may be empty
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out; frames are not compared
public record GssSampleFrame(int flags, byte[] token) {
    /** Nothing follows, or the answer to a message whose MIC was not asked for. */
    public static final int NOOP = 1;
    /** A context token. */
    public static final int CONTEXT = 2;
    /** A message. */
    public static final int DATA = 4;
    /** A MIC of a message. */
    public static final int MIC = 8;
    /** With NOOP, as the first frame: context tokens follow. */
    public static final int CONTEXT_NEXT = 16;
    /** With DATA: the message is wrapped. */
    public static final int WRAPPED = 32;
    /** With DATA: the message is wrapped with confidentiality. */
    public static final int ENCRYPTED = 64;
    /** With DATA: the answer is to be a MIC of the message. */
    public static final int SEND_MIC = 128;

    private static final int MAX_TOKEN = 16 << 20;

    /** Checks the flags and copies the token. */
    public GssSampleFrame {
        if (flags < 0 || flags > 0xff) {
            throw new IllegalArgumentException("Flags " + flags + " are no octet");
        }
        token = token.clone();
    }

    @Override
    public byte[] token() {
        return token.clone();
    }

    /**
     * Reads a frame.
     *
     * @throws EOFException if the input ends before or within it
     */
    public static GssSampleFrame read(InputStream input) throws IOException {
        DataInputStream in = new DataInputStream(input);
        int flags = in.readUnsignedByte();
        int length = in.readInt();
        if (length < 0 || length > MAX_TOKEN) {
            throw new IOException("A frame with flags " + flags + " gives " + length + " as its length");
        }
        byte[] token = new byte[length];
        in.readFully(token);
        return new GssSampleFrame(flags, token);
    }

    /** Writes this frame in one piece. */
    public void write(OutputStream output) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(5 + token.length);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(flags);
        out.writeInt(token.length);
        out.write(token);
        output.write(bytes.toByteArray());
        output.flush();
    }

    @Override
    public String toString() {
        return "frame with flags " + flags + " and " + token.length + " bytes";
    }
}
