package dev.gssbaton.handoff;

import java.io.IOException;

/** The kinds of frames, and their numbers. */
enum FrameType {
    /** The first of each end. */
    HELLO(1),
    /** Instead of the first: the policy does not allow the peer. */
    REFUSED(2),
    /** The second of the end that connected: the session's keys, encapsulated. */
    KEYS(3),
    /** A context is offered. */
    OFFER(4),
    /** It has been claimed. */
    TAKEN(5),
    /** It has been erased, and is given back. */
    RENOUNCED(6),
    /** It could not be opened. */
    DECLINED(7),
    /** The giver has taken back what was not taken in time. */
    WITHDRAWN(8);

    private final int number;

    FrameType(int number) {
        this.number = number;
    }

    byte number() {
        return (byte) number;
    }

    static FrameType of(int number) throws IOException {
        for (FrameType type : values()) {
            if (type.number == number) {
                return type;
            }
        }
        throw new IOException("a frame of unknown type " + number + ": the peer runs another version of Baton");
    }
}
