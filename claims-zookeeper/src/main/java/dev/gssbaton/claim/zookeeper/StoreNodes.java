package dev.gssbaton.claim.zookeeper;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.PublicId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.Stat;

/**
 * The nodes of one store. All of them but the records are made in one transaction, so that nobody sees a part of a store.
 *
 * <pre>
 * PATH/store                  "baton claim store 1" in ASCII ‖ 00 ‖ random (16)
 * PATH/store/floor-RANDOM     milliseconds since 1970 (8); its name has the random octets as 32 hexadecimal digits
 * PATH/store/clock            nothing; written for the time that the leader gives it
 * PATH/store/sweeper          nothing; below it the lock of whoever sweeps
 * PATH/store/00 … ff          nothing; the first octet of what is taken
 * PATH/store/9b/2d…41         named by the other octets of what is taken: claimant (16) ‖ milliseconds since 1970
 *                             until when it must be kept (8)
 * </pre>
 *
 * <p>Numbers are big-endian. A store's identity depends on the transaction that made it, so that nodes which were copied
 * to another path or ensemble, one by one, are another store:
 *
 * <pre>
 * first 16 octets of SHA-256("baton claims of a cluster 1" ‖ 00 ‖ random (16) ‖ czxid (8) ‖ ctime (8))
 * </pre>
 *
 * @param root the node of the store
 * @param random its random octets in hexadecimal
 * @param id its identity
 * @param since when it was made, by the clock of the leader of then
 */
record StoreNodes(String root, String random, PublicId id, Instant since) {
    /** Size of a record. */
    static final int RECORD_SIZE = PublicId.SIZE + Long.BYTES;

    private static final byte[] LABEL = "baton claim store 1\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ID_LABEL = "baton claims of a cluster 1\0".getBytes(StandardCharsets.US_ASCII);
    private static final int BUCKETS = 256;

    /**
     * Reads what the node of a store says.
     *
     * @return the store; empty if the node is not one of a store
     */
    static Optional<StoreNodes> decode(String root, Ensemble.Node node) {
        byte[] data = node.data();
        if (data.length != LABEL.length + PublicId.SIZE
                || !Arrays.equals(data, 0, LABEL.length, LABEL, 0, LABEL.length)) {
            return Optional.empty();
        }
        Stat stat = node.stat();
        String random = HexFormat.of().formatHex(data, LABEL.length, data.length);
        PublicId id = identity(data, stat.getCzxid(), stat.getCtime());
        return Optional.of(new StoreNodes(root, random, id, Instant.ofEpochMilli(stat.getCtime())));
    }

    /** Lists what makes a store. */
    static List<Op> making(String root, PublicId random, Permissions permissions) {
        byte[] data = ByteBuffer.allocate(LABEL.length + PublicId.SIZE)
                .put(LABEL)
                .put(random.toBytes())
                .array();
        StoreNodes nodes = new StoreNodes(root, random.toString(), random, Instant.EPOCH);
        List<Op> making = new ArrayList<>();
        making.add(Op.create(root, data, permissions.directory(), CreateMode.PERSISTENT));
        making.add(Op.create(nodes.floor(), encodeFloor(0), permissions.floor(), CreateMode.PERSISTENT));
        making.add(Op.create(nodes.clock(), new byte[0], permissions.clock(), CreateMode.PERSISTENT));
        making.add(Op.create(nodes.sweeper(), new byte[0], permissions.sweeper(), CreateMode.PERSISTENT));
        for (String bucket : nodes.buckets()) {
            making.add(Op.create(bucket, new byte[0], permissions.directory(), CreateMode.PERSISTENT));
        }
        return making;
    }

    private static PublicId identity(byte[] data, long czxid, long ctime) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(ID_LABEL);
            sha256.update(data, LABEL.length, PublicId.SIZE);
            return PublicId.of(sha256.digest(
                    ByteBuffer.allocate(16).putLong(czxid).putLong(ctime).array()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    String floor() {
        return root + "/floor-" + random;
    }

    String clock() {
        return root + "/clock";
    }

    String sweeper() {
        return root + "/sweeper";
    }

    List<String> buckets() {
        List<String> buckets = new ArrayList<>();
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            buckets.add(root + "/" + HexFormat.of().toHexDigits((byte) bucket));
        }
        return buckets;
    }

    String record(ClaimId taken) {
        String hex = taken.toHex();
        return root + "/" + hex.substring(0, 2) + "/" + hex.substring(2);
    }

    static byte[] encodeRecord(PublicId claimant, long keepUntil) {
        return ByteBuffer.allocate(RECORD_SIZE)
                .put(claimant.toBytes())
                .putLong(keepUntil)
                .array();
    }

    static long keepUntil(byte[] record) {
        return ByteBuffer.wrap(record).getLong(PublicId.SIZE);
    }

    static byte[] encodeFloor(long millis) {
        return ByteBuffer.allocate(Long.BYTES).putLong(millis).array();
    }

    static long decodeFloor(byte[] data) {
        return ByteBuffer.wrap(data).getLong();
    }
}
