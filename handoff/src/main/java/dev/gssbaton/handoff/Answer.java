package dev.gssbaton.handoff;

import dev.gssbaton.spi.PublicId;

/**
 * What the receiver says of an offer.
 *
 * @param type {@link FrameType#TAKEN}, {@link FrameType#RENOUNCED} or {@link FrameType#DECLINED}
 * @param number the number of the offer
 * @param claimant in whose name the token was claimed, or was to be, if it is given back; else null
 * @param reason why it was not taken, without what would disturb a log; empty if it was
 */
record Answer(FrameType type, int number, PublicId claimant, String reason) {}
