package dev.gssbaton.krb5.token;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import java.nio.ByteBuffer;

/** Wrap tokens as any sender may make them, put together after RFC 4121 section 4.2.4 without the code under test. */
final class CraftedToken {
    int flags = 0x04;
    int ec;
    int rrc;
    int innerFlags = -1;
    int innerEc = -1;
    int innerRrc;
    long sequenceNumber = Peers.INITIATOR_FIRST;
    long innerSequenceNumber = -1;

    private static byte[] header(int flags, int ec, int rrc, long sequenceNumber) {
        return ByteBuffer.allocate(16)
                .put((byte) 5)
                .put((byte) 4)
                .put((byte) flags)
                .put((byte) 0xFF)
                .putShort((short) ec)
                .putShort((short) rrc)
                .putLong(sequenceNumber)
                .array();
    }

    /** { header | encrypt(plaintext-data | filler | header) }, rotated, as the initiator sends it. */
    byte[] sealed(EncryptionKey key, byte[] message) {
        int fillerSize = innerEc < 0 ? ec : innerEc;
        byte[] inner = header(
                innerFlags < 0 ? flags | 2 : innerFlags,
                fillerSize,
                innerRrc,
                innerSequenceNumber < 0 ? sequenceNumber : innerSequenceNumber);
        byte[] plain = ByteBuffer.allocate(message.length + fillerSize + 16)
                .put(message)
                .put(new byte[fillerSize])
                .put(inner)
                .array();
        return rotated(flags | 2, key.encrypt(24, plain, Peers.RANDOM));
    }

    /** { header | plaintext-data | get_mic(plaintext-data | header with EC = RRC = 0) }, rotated. */
    byte[] signed(EncryptionKey key, byte[] message) {
        byte[] covered = ByteBuffer.allocate(message.length + 16)
                .put(message)
                .put(header(flags, 0, 0, sequenceNumber))
                .array();
        byte[] checksum = key.checksum(24, covered, 0, covered.length);
        return rotated(
                flags,
                ByteBuffer.allocate(message.length + checksum.length)
                        .put(message)
                        .put(checksum)
                        .array());
    }

    private byte[] rotated(int sentFlags, byte[] data) {
        ByteBuffer token = ByteBuffer.allocate(16 + data.length).put(header(sentFlags, ec, rrc, sequenceNumber));
        for (int i = 0; i < data.length; i++) {
            token.put(data[Math.floorMod(i - rrc, data.length)]);
        }
        return token.array();
    }
}
