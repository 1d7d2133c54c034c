package dev.gssbaton.peers;

import java.util.Arrays;

/**
 * A message that a peer has verified, with the supplementary status of RFC 2743 section 1.2.3.
 *
 * @param message the message, empty for a MIC
 * @param confidential whether it was encrypted
 * @param duplicate DUPLICATE_TOKEN
 * @param old OLD_TOKEN
 * @param unsequenced UNSEQ_TOKEN
 * @param gap GAP_TOKEN
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out, and compared by content
public record Received(
        byte[] message, boolean confidential, boolean duplicate, boolean old, boolean unsequenced, boolean gap) {
    /** Copies the message. */
    public Received {
        message = message.clone();
    }

    @Override
    public byte[] message() {
        return message.clone();
    }

    /** Returns whether the message arrived in its place. */
    public boolean inSequence() {
        return !duplicate && !old && !unsequenced && !gap;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Received that
                && Arrays.equals(message, that.message)
                && toString().equals(that.toString());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(message);
    }

    @Override
    public String toString() {
        return message.length + " bytes"
                + (confidential ? " confidential" : "")
                + (duplicate ? " DUPLICATE" : "")
                + (old ? " OLD" : "")
                + (unsequenced ? " UNSEQ" : "")
                + (gap ? " GAP" : "");
    }
}
