package dev.gssbaton.handoff;

import dev.gssbaton.seal.OpenedToken;
import dev.gssbaton.seal.TokenHeader;
import dev.gssbaton.seal.TokenSealer;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.ietf.jgss.GSSException;

/**
 * What goes beside a token, sealed under the session's keys, and bound to the token and to the socket.
 *
 * <pre>
 * version 01 | length 2, identity of the token | number of the socket, 8; 0 for none
 *            | length 4, octets read | length 4, octets not written | length 4, note
 * </pre>
 *
 * @param token the identity of the token that it belongs to
 * @param inode the number of the socket among the system's, or 0
 * @param unread octets that were read and not processed
 * @param unwritten octets that were produced and not written
 * @param note the application's note
 */
@SuppressWarnings("ArrayRecordComponent") // Made for one hand-over, and read once.
record HandoffRecord(ClaimId token, long inode, byte[] unread, byte[] unwritten, byte[] note) {
    /** What the sealers of both ends are for. */
    static final String USE = "hand-over record 1";

    private static final int VERSION = 1;
    private static final int FIXED_SIZE = 128;
    /** The greatest size of a sealed one: with its header, and the tag within what is fixed. */
    static final int MAX_SIZE = TokenHeader.SIZE + FIXED_SIZE + 2 * Parcel.MAX_OCTETS + Parcel.MAX_NOTE;

    byte[] seal(TokenSealer sealer, Instant notAfter) throws GSSException {
        int size = FIXED_SIZE + unread.length + unwritten.length + note.length;
        try (StateWriter out = new StateWriter(TokenHeader.SIZE, size)) {
            out.uint8(VERSION);
            out.counted(token.toBytes());
            out.int64(inode);
            out.large(unread);
            out.large(unwritten);
            out.large(note);
            return sealer.seal(out, notAfter);
        }
    }

    static HandoffRecord open(TokenSealer sealer, byte[] sealed) throws GSSException {
        try (OpenedToken opened = sealer.open(sealed, Duration.ZERO)) {
            StateReader in = opened.state();
            if (in.uint8("version") != VERSION) {
                throw StateReader.malformed("version", "another version of the hand-over's record");
            }
            byte[] token = in.counted(ClaimId.MAX_SIZE, "token");
            if (token.length < ClaimId.MIN_SIZE) {
                throw StateReader.malformed("token", token.length + " octets");
            }
            HandoffRecord record = new HandoffRecord(
                    ClaimId.of(token),
                    in.int64("socket"),
                    in.large(Parcel.MAX_OCTETS, "octets read"),
                    in.large(Parcel.MAX_OCTETS, "octets not written"),
                    in.large(Parcel.MAX_NOTE, "note"));
            in.expectEnd();
            return record;
        }
    }

    /** Refuses what belongs to another token or another socket. */
    void requireFor(ClaimId id, long socket) throws GSSException {
        if (!token.equals(id)) {
            throw TransferFault.UNEXPECTED_CONTEXT.exception(
                    "what came with token " + id + " belongs to token " + token);
        }
        if (inode != socket) {
            throw TransferFault.UNEXPECTED_CONTEXT.exception(
                    "the socket that came with token " + id + " is not the one that belongs to it");
        }
    }

    /** Erases what nobody is given. */
    void erase() {
        for (byte[] octets : new byte[][] {unread, unwritten, note}) {
            Arrays.fill(octets, (byte) 0);
        }
    }

    /** Names the token. */
    @Override
    public String toString() {
        return "HandoffRecord[" + token + "]";
    }
}
