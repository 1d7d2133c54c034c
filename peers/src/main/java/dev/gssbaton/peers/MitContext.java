package dev.gssbaton.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.ietf.jgss.GSSException;

/** A context of a {@link MitProgram}, in a process of its own. For use by one thread. */
public final class MitContext implements AutoCloseable {
    /** The routine error in a major status. */
    private static final int ROUTINE_ERROR_SHIFT = 16;
    /** Java's numbers of the routine errors, which are others than those of RFC 2744, in the order of these. */
    private static final List<Integer> MAJORS = List.of(
            GSSException.BAD_MECH,
            GSSException.BAD_NAME,
            GSSException.BAD_NAMETYPE,
            GSSException.BAD_BINDINGS,
            GSSException.BAD_STATUS,
            GSSException.BAD_MIC,
            GSSException.NO_CRED,
            GSSException.NO_CONTEXT,
            GSSException.DEFECTIVE_TOKEN,
            GSSException.DEFECTIVE_CREDENTIAL,
            GSSException.CREDENTIALS_EXPIRED,
            GSSException.CONTEXT_EXPIRED);

    private final Process process;
    private final Frames frames;
    private boolean established;

    MitContext(Process process) {
        this.process = process;
        frames = new Frames(process.getInputStream(), process.getOutputStream());
        AtExit.close(this);
    }

    /**
     * Takes the peer's token, none at an initiator's first step, and returns the next one, which may be empty.
     *
     * @throws GSSException if the library refuses
     */
    public byte[] step(byte[] token) throws GSSException {
        ByteBuffer answer = ask('s', token);
        established = answer.get() != 0;
        return rest(answer);
    }

    /** Tells whether the last step was the last. */
    public boolean isEstablished() {
        return established;
    }

    /** Returns the services granted, as in RFC 2744. */
    public int flags() throws GSSException {
        return ask('g', new byte[0]).getInt();
    }

    /** Wraps a message with confidentiality. */
    public byte[] wrap(byte[] message) throws GSSException {
        return rest(ask('w', message));
    }

    /** Unwraps a message. */
    public byte[] unwrap(byte[] token) throws GSSException {
        return rest(ask('u', token));
    }

    /** Computes GSS_Pseudo_random with GSS_C_PRF_KEY_FULL. */
    public byte[] pseudoRandomFull(byte[] input, int length) throws GSSException {
        return rest(ask('f', counted(input, length)));
    }

    /** Computes GSS_Pseudo_random with GSS_C_PRF_KEY_PARTIAL. */
    public byte[] pseudoRandomPartial(byte[] input, int length) throws GSSException {
        return rest(ask('p', counted(input, length)));
    }

    private static byte[] counted(byte[] input, int length) {
        return ByteBuffer.allocate(Integer.BYTES + input.length)
                .putInt(length)
                .put(input)
                .array();
    }

    private ByteBuffer ask(char what, byte[] argument) throws GSSException {
        ByteBuffer answer;
        try {
            frames.write(ByteBuffer.allocate(1 + argument.length)
                    .put((byte) what)
                    .put(argument)
                    .array());
            byte[] frame = frames.read();
            if (frame == null) {
                throw new IllegalStateException("the program has ended at '" + what + "'");
            }
            answer = ByteBuffer.wrap(frame);
        } catch (IOException e) {
            throw new UncheckedIOException("the program has ended at '" + what + "'", e);
        }
        int routineError = answer.getInt() >>> ROUTINE_ERROR_SHIFT;
        if (routineError != 0) {
            throw new GSSException(
                    routineError >= 1 && routineError <= MAJORS.size()
                            ? MAJORS.get(routineError - 1)
                            : GSSException.FAILURE);
        }
        return answer;
    }

    private static byte[] rest(ByteBuffer answer) {
        byte[] rest = new byte[answer.remaining()];
        answer.get(rest);
        return rest;
    }

    /** Ends the process; harmless when repeated. */
    @Override
    public void close() {
        AtExit.forget(this);
        Processes.endInput(process);
    }
}
