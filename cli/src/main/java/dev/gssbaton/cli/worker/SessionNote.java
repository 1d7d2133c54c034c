package dev.gssbaton.cli.worker;

import dev.gssbaton.cli.Complaint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Which client a context belongs to: what goes with it from process to process.
 *
 * @param id names the session among all of this host, wherever it is
 * @param client the client's name and address, for people to read
 */
public record SessionNote(String id, String client) {
    private static final int ID_SIZE = 8;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Makes lines of the texts: they stand between tabs and line breaks. */
    public SessionNote {
        id = Complaint.line(id);
        client = Complaint.line(client);
    }

    /** Draws the name of a new session. */
    public static String newId() {
        byte[] id = new byte[ID_SIZE];
        RANDOM.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /** Returns the octets that {@link #decode} reads. */
    public byte[] encode() {
        return (id + "\n" + client).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads what {@link #encode} writes.
     *
     * @throws IOException if it is something else
     */
    public static SessionNote decode(byte[] octets) throws IOException {
        String[] lines = new String(octets, StandardCharsets.UTF_8).split("\n", -1);
        if (lines.length != 2) {
            throw new IOException("a context came without its client's name");
        }
        return new SessionNote(lines[0], lines[1]);
    }
}
