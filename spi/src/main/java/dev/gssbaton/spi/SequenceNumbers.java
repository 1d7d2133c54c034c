package dev.gssbaton.spi;

/**
 * How far the messages of an established context have gone. A mechanism may give it as
 * {@link MechanismContext#details details(SequenceNumbers.class)}, for people to look at. While messages are being sent,
 * the number to send may be one that has just been used.
 *
 * @param nextToSend the number of the next message to be sent, unsigned
 * @param nextToReceive the number of the next message expected, unsigned; it stays where it began if neither replays nor
 *     the order are looked at
 */
public record SequenceNumbers(long nextToSend, long nextToReceive) {
    /**
     * Writes both numbers as they are meant, without sign.
     *
     * @return a text without secrets
     */
    @Override
    public String toString() {
        return "next to send " + Long.toUnsignedString(nextToSend) + ", next to receive "
                + Long.toUnsignedString(nextToReceive);
    }
}
