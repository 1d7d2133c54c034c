package dev.gssbaton.peers;

/** What {@link JgssPeer} asks of its child; a frame begins with the name. */
enum PeerOperation {
    INITIATE,
    ACCEPT,
    IMPORT,
    STEP,
    FACTS,
    WRAP,
    UNWRAP,
    MIC,
    VERIFY_MIC,
    EXPORT,
    DELEGATED_NAME,
    CLOSE
}
