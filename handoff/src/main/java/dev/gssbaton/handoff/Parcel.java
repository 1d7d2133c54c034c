package dev.gssbaton.handoff;

import dev.gssbaton.BatonContext;
import java.nio.channels.SocketChannel;
import java.util.Objects;

/**
 * What is given: a context, and what goes with it.
 *
 * <p>The socket must be still: nobody reads from it or writes to it any more, its key is cancelled, and its selector has selected
 * since ({@code key.cancel(); selector.selectNow();}). From the giving on the caller leaves it alone until it is settled who has the
 * context. If another process has it, the socket is closed here, without a word to the client; if it is kept, the caller goes on
 * with it.
 *
 * @param context the context, established
 * @param socket the connected TCP socket that it is used on; null if there is none
 * @param unread octets that were read from the socket and not processed; the caller's, not changed
 * @param unwritten octets that were produced for the socket and not written; the caller's, not changed
 * @param note what else the receiver needs to know; the caller's, not changed
 */
@SuppressWarnings("ArrayRecordComponent") // Lent until it is settled, never kept; compared by identity.
public record Parcel(BatonContext context, SocketChannel socket, byte[] unread, byte[] unwritten, byte[] note) {
    /** The greatest number of octets that were read, and of those that were not written. */
    public static final int MAX_OCTETS = 256 * 1024;
    /** The greatest number of octets of a note. */
    public static final int MAX_NOTE = 64 * 1024;

    private static final byte[] NOTHING = {};

    /**
     * Checks the lengths.
     *
     * @param context the context
     * @param socket the socket, or null
     * @param unread at most {@link #MAX_OCTETS}
     * @param unwritten at most {@link #MAX_OCTETS}
     * @param note at most {@link #MAX_NOTE}
     * @throws IllegalArgumentException if one is longer
     */
    public Parcel {
        Objects.requireNonNull(context, "context");
        requireAtMost(MAX_OCTETS, unread, "octets read");
        requireAtMost(MAX_OCTETS, unwritten, "octets not written");
        requireAtMost(MAX_NOTE, note, "octets of a note");
    }

    private static void requireAtMost(int max, byte[] octets, String what) {
        if (octets.length > max) {
            throw new IllegalArgumentException(octets.length + " " + what + ": at most " + max + " can go along");
        }
    }

    /**
     * Begins with a context and its socket, and nothing else.
     *
     * @param context the context
     * @param socket the socket, or null
     * @return a parcel
     */
    public static Parcel of(BatonContext context, SocketChannel socket) {
        return new Parcel(context, socket, NOTHING, NOTHING, NOTHING);
    }

    /**
     * Adds what was read.
     *
     * @param octets at most {@link #MAX_OCTETS}
     * @return a parcel
     */
    public Parcel withUnread(byte[] octets) {
        return new Parcel(context, socket, octets, unwritten, note);
    }

    /**
     * Adds what was not written.
     *
     * @param octets at most {@link #MAX_OCTETS}
     * @return a parcel
     */
    public Parcel withUnwritten(byte[] octets) {
        return new Parcel(context, socket, unread, octets, note);
    }

    /**
     * Adds a note.
     *
     * @param octets at most {@link #MAX_NOTE}
     * @return a parcel
     */
    public Parcel withNote(byte[] octets) {
        return new Parcel(context, socket, unread, unwritten, octets);
    }

    /**
     * Names the lengths.
     *
     * @return a text without content
     */
    @Override
    public String toString() {
        return "Parcel[" + context + ", " + unread.length + " read, " + unwritten.length + " not written, "
                + note.length + " of a note]";
    }
}
