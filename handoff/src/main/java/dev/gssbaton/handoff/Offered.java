package dev.gssbaton.handoff;

import java.time.Duration;

/**
 * What the giver offers.
 *
 * @param number the number of the offer
 * @param answerWithin how long the giver waits for the answer before it asks the claim store itself
 * @param token the token
 * @param sealed the sealed record that belongs to it
 */
@SuppressWarnings("ArrayRecordComponent") // Made for one hand-over, and read once.
record Offered(int number, Duration answerWithin, byte[] token, byte[] sealed) {
    /** Names the number and the lengths. */
    @Override
    public String toString() {
        return "Offered[" + number + ", " + token.length + " and " + sealed.length + " octets]";
    }
}
