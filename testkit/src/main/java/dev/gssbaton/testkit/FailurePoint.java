package dev.gssbaton.testkit;

/** Where an export is made to fail. */
enum FailurePoint {
    /** The exporter refuses before it has written anything. */
    WRITE_REFUSED,
    /** The exporter breaks after it has written everything. */
    WRITE_BROKEN,
    /** The state grows larger than any may be. */
    STATE_TOO_LARGE,
    /** There is no key. */
    KEYS_REFUSED,
    /** The source of keys breaks. */
    KEYS_BROKEN,
    /** The claim store cannot tell its identity. */
    CLAIMS_REFUSED
}
