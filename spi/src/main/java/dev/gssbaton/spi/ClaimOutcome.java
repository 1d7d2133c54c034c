package dev.gssbaton.spi;

/** The settled answer to a claim. What could not be settled is an exception, never one of these. */
public enum ClaimOutcome {
    /** This claimant has it, and nobody else. */
    WON,
    /** Another claimant has it. */
    LOST
}
