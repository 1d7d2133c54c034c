package dev.gssbaton.benchmarks;

import java.util.List;

/**
 * What wrap and unwrap of a message with confidentiality may take.
 *
 * @param size octets of the message
 * @param timesTheFloor at most
 * @param timesFasterThanJdk at least, on JDK 17 with the usual encryption type
 */
record MessageGoal(int size, double timesTheFloor, double timesFasterThanJdk) {
    static final List<MessageGoal> ALL = List.of(
            new MessageGoal(64, 1.5, 8),
            new MessageGoal(256, 1.3, 6),
            new MessageGoal(1024, 1.2, 3.5),
            new MessageGoal(16384, 1.1, 1.4));

    /** What is left of the ratio to the JDK on later ones, which are faster. */
    static final double SHARE_ON_LATER_JDKS = 0.7;
    /** The least ratio to MIT. */
    static final double TIMES_FASTER_THAN_MIT = 1.0;
    /** The most octets that wrap and unwrap together may allocate with the caller's buffers. */
    static final double OCTETS_WITH_BUFFERS = 2 * 128;
}
