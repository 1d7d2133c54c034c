package dev.gssbaton.claim;

import dev.gssbaton.account.AccountDirectory;
import dev.gssbaton.account.FileStatus;
import dev.gssbaton.account.SharedDirectory;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.ietf.jgss.GSSException;

/**
 * The records of one running kernel, in a directory that processes share.
 *
 * <pre>
 * 0f8fad5b-d9cb-469f-a165-70867728950e       symbolic link named by the kernel's boot id: which store is this boot's
 * 7c9e…85a2.1767225600000.1425123.9c1e07aa/  a store: a random identifier, and since when it is there
 *   floor                                    symbolic link: what was swept last of all, and when that ended
 *   00/ … ff/                                the first octet of what is taken
 *     9b2d…41                                symbolic link named by the other octets: who took it, and until when that
 *                                            is to be kept: 3f2a…90.1767229260000.5025123.9c1e07aa
 * </pre>
 *
 * <p>A time is written as it is by two clocks, the wall clock and the {@linkplain Clocks machine's}: {@link Stamp} has the
 * form. The last part names the machine's clock: the first 4 octets, in hexadecimal digits, of
 *
 * <pre>
 * SHA-256("baton machine clock 1" ‖ 00 ‖ boot id (36 of ASCII) ‖ 00 ‖ what /proc/self/ns/time points to: time:[4026531834])
 * </pre>
 *
 * <p>so that what was written in another boot, or in another time namespace, is not compared with this one.
 *
 * <p><strong>The floor.</strong> A swept claim is a free one, and its claimant must learn that it comes too late, however clocks were
 * set meanwhile. So the store's time is never before its floor, and nothing is removed but what ended before the floor. Of
 * the records that are to go, that which ends last becomes the floor: it is renamed into its place, which removes it and raises the
 * floor in one step of the system, needs no room on a full disk, and leaves nothing half done. Then the others are removed. A
 * claimant that finds a record gone comes after that, and reads the floor after it has won. The floor never falls, since one
 * process sweeps at a time. A sweeper that ends or stops between the steps leaves a floor that is right and records that are kept
 * longer. A store without a floor is given up: no claim is won in it.
 *
 * <p>Whatever clocks show, then, nothing is claimed twice that its claimant does not know to be past. They decide only when
 * something is forgotten: when it is past by both, so that a wall clock that leaps ahead removes nothing early, and raises no floor.
 *
 * <p><strong>Why symbolic links.</strong> The system makes one with its content in a single step, which fails if the name
 * is taken. So no record is ever half written, whenever its writer is killed, and there is nothing to wait for; a
 * regular file needs three steps and twice the time. The links point to nothing, and nobody follows them.
 *
 * <p><strong>Identity.</strong> Of the random identifier, the boot id, and the directory's device and number:
 *
 * <pre>
 * first 16 octets of SHA-256("baton claim store 2" ‖ 00 ‖ random (16) ‖ boot id (36 of ASCII) ‖ device (8) ‖ number (8))
 * </pre>
 *
 * <p>So after a restart, on another host that sees the same files, and in a copy of the files (as a container's image
 * may hold one), it is another store. Records die with their boot, so nothing is forced to the disk.
 *
 * <p>Immutable, safe for use by several threads and processes.
 *
 * @param root the directory of all boots
 * @param bootId the kernel's boot id
 * @param directory the directory of the records
 * @param id the store's identity
 * @param clock the name of the machine's clock, as this process sees it
 * @param began since when it remembers, in milliseconds since 1970
 * @param seen what the clocks showed when that was right; null if no clock of this process tells
 * @param sharing who uses it
 */
record HostStore(
        Path root, String bootId, Path directory, PublicId id, String clock, long began, Times seen, Sharing sharing) {
    static final Pattern BOOT_ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** Who uses a store. */
    enum Sharing {
        /** One account, whose the directories are. */
        ACCOUNT,
        /** The accounts of a group; the directories are root's. */
        GROUP
    }

    private static final Pattern BOOT_TIME = Pattern.compile("(?m)^btime (\\d{1,18})$");
    private static final Path TIME_NAMESPACE = Path.of("/proc/self/ns/time");
    private static final String FLOOR = "floor";
    private static final String FLOORS = "floors";

    private static final byte[] CLOCK_LABEL = "baton machine clock 1\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ID_LABEL = "baton claim store 2\0".getBytes(StandardCharsets.US_ASCII);
    private static final int BUCKETS = 256;
    /** How often somebody else may remove, or be the first to make, what is about to be used. */
    private static final int ATTEMPTS = 10;

    /**
     * Until when the store has forgotten.
     *
     * @param millis since 1970: whatever ended before this may have been swept
     * @param link what says so
     */
    record Floor(long millis, Path link) {}

    /**
     * A record that a sweeper has read.
     *
     * @param path its place
     * @param stamp what it says
     */
    record Entry(Path path, Stamp stamp) {}

    /**
     * Opens the store of this boot, and makes it if there is none. Two processes may do so at once: the one whose link
     * comes first gives the store its name. One of the older form, which has no floor, is let alone, and another one takes its place.
     *
     * @param root the directory of all boots, made if there is none
     * @param bootIdFile where the kernel tells its boot id
     * @param random where the store's identifier comes from
     * @param clocks tell when it was made
     * @return the store
     * @throws IOException saying what is wrong and what to do
     */
    static HostStore open(AccountDirectory root, Path bootIdFile, SecureRandom random, Clocks clocks)
            throws IOException {
        root.make();
        String bootId = readBootId(bootIdFile);
        String clock = machineClock(bootId);
        Path link = root.resolve(bootId);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String name;
            try {
                name = Files.readSymbolicLink(link).toString();
            } catch (NoSuchFileException e) {
                make(root.path(), link, random, clocks.read(), clock);
                continue;
            }
            Stamp made = Stamp.parse(name)
                    .orElseThrow(() -> new IOException(link + " points to something else than a store: remove it"));
            try {
                FileStatus status = FileStatus.of(root.resolve(name));
                status.requirePrivateDirectory();
                Files.readSymbolicLink(root.resolve(name).resolve(FLOOR));
                PublicId id = identity(made, bootId, status);
                Times seen = made.clock().equals(clock) ? made.time() : null;
                long began = made.time().wall();
                return new HostStore(root.path(), bootId, root.resolve(name), id, clock, began, seen, Sharing.ACCOUNT);
            } catch (NoSuchFileException e) {
                // Somebody removed the store, and what it knew is lost: another one takes its place.
                Files.deleteIfExists(link);
            }
        }
        throw new IOException("the store in " + root + " is made and removed again and again: use another directory");
    }

    /**
     * Opens the store that root has made in a directory that accounts share.
     *
     * <pre>
     * store              symbolic link of root's: a random identifier, and since when it is there: 7c9e…85a2.1767225600000
     * 00/ … ff/          root's, of mode 1770, with records as above, each its claimant's
     * floors/            root's, of mode 1770
     *   1000             the floor of what account 1000 has swept; the latest of all is the store's
     * sweep.lock.1000    the file by which the processes of account 1000 agree on who sweeps
     * </pre>
     *
     * <p>The store outlives a boot, and its identity does not; nor is it said to remember what was before the boot, since
     * nothing was forced to the disk.
     *
     * @param root the directory
     * @param bootIdFile where the kernel tells its boot id
     * @param clocks tell when it was first seen
     * @param before what was found there before, or null
     * @return the store
     * @throws IOException saying what is wrong and what to do
     */
    static HostStore openShared(SharedDirectory root, Path bootIdFile, Clocks clocks, HostStore before)
            throws IOException {
        try {
            FileStatus status = root.check();
            Path link = root.path().resolve("store");
            FileStatus.of(link).requireRoots();
            Stamp made = Stamp.parse(Files.readSymbolicLink(link).toString())
                    .orElseThrow(() -> new IOException(link + " names no store"));
            String bootId = readBootId(bootIdFile);
            PublicId id = identity(made, bootId, status);
            if (before != null && before.id.equals(id)) {
                // Only root can have changed what stands in a directory of root's.
                return before;
            }
            Times seen = clocks.read();
            long began = Math.max(made.time().wall(), bootMillis());
            HostStore store = new HostStore(
                    root.path(), bootId, root.path(), id, machineClock(bootId), began, seen, Sharing.GROUP);
            for (Path bucket : store.buckets()) {
                FileStatus.of(bucket).requireSharedDirectory();
            }
            FileStatus.of(store.root.resolve(FLOORS)).requireSharedDirectory();
            return store;
        } catch (IOException e) {
            throw new IOException(
                    AccountDirectory.explain(e) + "; claims that accounts share need a directory that root makes so:"
                            + " install -d -o root -g GROUP -m 1770 " + root + " " + root
                            + "/{floors,{{0..9},{a..f}}{{0..9},{a..f}}}"
                            + " && ln -s $(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n').$(date +%s)000 " + root
                            + "/store",
                    e);
        }
    }

    private static String readBootId(Path file) throws IOException {
        // A stream, since reading from a channel fails in a thread that has been interrupted.
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            String bootId = new String(in.readNBytes(64), StandardCharsets.US_ASCII).trim();
            if (BOOT_ID.matcher(bootId).matches()) {
                return bootId;
            }
        } catch (IOException e) {
            throw new IOException(
                    "the kernel's boot id cannot be read from " + file
                            + ": host claims need Linux with /proc mounted; use process claims, or those of a cluster",
                    e);
        }
        throw new IOException(file + " holds no boot id");
    }

    /** Gives the time at which the kernel began to run, by the clock as it is set now, rounded up to the second. */
    private static long bootMillis() throws IOException {
        try (FileInputStream in = new FileInputStream("/proc/stat")) {
            Matcher found = BOOT_TIME.matcher(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
            if (found.find()) {
                return Instant.ofEpochSecond(Long.parseLong(found.group(1)) + 1).toEpochMilli();
            }
        }
        throw new IOException("/proc/stat does not say when the kernel began to run");
    }

    /** Names the machine's clock as this process sees it. A kernel without time namespaces has no link. */
    private static String machineClock(String bootId) throws IOException {
        String namespace;
        try {
            namespace = Files.readSymbolicLink(TIME_NAMESPACE).toString();
        } catch (NoSuchFileException e) {
            namespace = "";
        }
        return machineClock(bootId, namespace);
    }

    static String machineClock(String bootId, String namespace) {
        MessageDigest sha256 = sha256();
        sha256.update(CLOCK_LABEL);
        sha256.update((bootId + '\0' + namespace).getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(sha256.digest(), 0, 4);
    }

    private static void make(Path root, Path link, SecureRandom random, Times now, String clock) throws IOException {
        Path name = Path.of(new Stamp(PublicId.draw(random), now, clock).toString());
        Path directory = root.resolve(name);
        AccountDirectory.makePrivate(directory);
        // All at once, so that one which is missing later was removed, and is not taken for one without records.
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            AccountDirectory.makePrivate(directory.resolve(bucketName(bucket)));
        }
        Stamp nothing = new Stamp(new PublicId(0, 0), new Times(0, 0), clock);
        Files.createSymbolicLink(directory.resolve(FLOOR), Path.of(nothing.toString()));
        try {
            Files.createSymbolicLink(link, name);
        } catch (FileAlreadyExistsException e) {
            // Another process was first, and nobody has seen this one.
            remove(directory);
        }
    }

    /**
     * Removes a store's directory as far as it holds no records. The floor goes first: without it no claim is won in it, so that
     * none is whose record is removed later.
     */
    static void remove(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(FLOOR));
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            Files.deleteIfExists(directory.resolve(bucketName(bucket)));
        }
        Files.deleteIfExists(directory);
    }

    private static PublicId identity(Stamp made, String bootId, FileStatus status) {
        MessageDigest sha256 = sha256();
        sha256.update(ID_LABEL);
        sha256.update(made.id().toBytes());
        sha256.update(bootId.getBytes(StandardCharsets.US_ASCII));
        ByteBuffer place = ByteBuffer.allocate(16).putLong(status.device()).putLong(status.inode());
        return PublicId.of(sha256.digest(place.array()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    private static String bucketName(int bucket) {
        return HexFormat.of().toHexDigits((byte) bucket);
    }

    /**
     * Says since when the store remembers. What was before it began had a time that was given by another store, or another boot.
     * Its own is by the clock of then: where that has been set forward since, it is as much later. Where it
     * has been set back, one of both was wrong, and it stays: so that what is older by either is refused.
     */
    Instant since(Times now) {
        return Instant.ofEpochMilli(seen == null ? began : began + now.leapSince(seen));
    }

    /** Reads the floor: what ended before it may have been swept. Whoever won a claim reads it after that. */
    Floor floor() throws GSSException {
        try {
            if (sharing == Sharing.ACCOUNT) {
                return readFloor(directory.resolve(FLOOR));
            }
            Path floors = root.resolve(FLOORS);
            String[] names = floors.toFile().list();
            if (names == null) {
                throw new NoSuchFileException(floors.toString());
            }
            Floor latest = new Floor(0, floors);
            for (String name : names) {
                Floor each = readFloor(floors.resolve(name));
                latest = each.millis > latest.millis ? each : latest;
            }
            return latest;
        } catch (NoSuchFileException e) {
            throw removed(e);
        } catch (IOException e) {
            throw TransferFault.CLAIMS_UNUSABLE.exception(
                    "it cannot be read until when " + directory() + " has forgotten: " + AccountDirectory.explain(e),
                    e);
        }
    }

    private static Floor readFloor(Path link) throws IOException {
        Stamp swept = Stamp.parse(Files.readSymbolicLink(link).toString())
                .orElseThrow(() -> new IOException(link + " is damaged"));
        // Something that ends at this very time may be claimed yet.
        return new Floor(Math.min(swept.time().wall(), Long.MAX_VALUE - 1) + 1, link);
    }

    /**
     * Forgets records. For the one who sweeps, and for records that may be forgotten.
     *
     * @param records this process's own to remove
     * @throws IOException if the floor cannot be raised, and then none is removed; or if they cannot all be removed
     */
    void forget(List<Entry> records) throws IOException {
        Optional<Entry> last = records.stream()
                .max(Comparator.comparingLong(record -> record.stamp.time().wall()));
        if (last.isEmpty()) {
            return;
        }
        List<Entry> others = new ArrayList<>(records);
        if (last.get().stamp.time().wall() >= ownFloor().millis) {
            Files.move(last.get().path, ownFloorLink(), StandardCopyOption.ATOMIC_MOVE);
            others.remove(last.get());
        }
        for (Entry record : others) {
            Files.deleteIfExists(record.path);
        }
    }

    private Floor ownFloor() throws IOException {
        try {
            return readFloor(ownFloorLink());
        } catch (NoSuchFileException e) {
            if (sharing == Sharing.ACCOUNT) {
                throw e;
            }
            return new Floor(0, ownFloorLink());
        }
    }

    private Path ownFloorLink() throws IOException {
        return sharing == Sharing.ACCOUNT
                ? directory.resolve(FLOOR)
                : root.resolve(FLOORS).resolve(FileStatus.effectiveUserName());
    }

    /** Gives the directories in which the records stand. */
    List<Path> buckets() {
        return IntStream.range(0, BUCKETS)
                .mapToObj(bucket -> directory.resolve(bucketName(bucket)))
                .toList();
    }

    /** Gives the file whose lock the one who sweeps holds. */
    Path sweepLock() throws IOException {
        return root.resolve(sharing == Sharing.ACCOUNT ? "sweep.lock" : "sweep.lock." + FileStatus.effectiveUserName());
    }

    /**
     * Takes something, as {@link dev.gssbaton.spi.ClaimStore#claim}.
     *
     * @param taken what is taken
     * @param claimant who takes it
     * @param keepUntil until when it is kept
     * @return whether the claimant has it
     * @throws GSSException {@link TransferFault#CLAIM_UNKNOWN} or {@link TransferFault#CLAIMS_UNUSABLE}
     */
    ClaimOutcome claim(ClaimId taken, PublicId claimant, Times keepUntil) throws GSSException {
        String hex = taken.toHex();
        Path record = directory.resolve(hex.substring(0, 2) + "/" + hex.substring(2));
        Path content = Path.of(new Stamp(claimant, keepUntil, clock).toString());
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            IOException refusal = null;
            try {
                Files.createSymbolicLink(record, content);
                return ClaimOutcome.WON;
            } catch (FileAlreadyExistsException e) {
                // Whose it is stands in it.
            } catch (IOException e) {
                // Over a network it may have been made all the same.
                refusal = e;
            }
            try {
                Stamp found = Stamp.parse(Files.readSymbolicLink(record).toString())
                        .orElseThrow(() -> new IOException("the record is damaged"));
                return found.id().equals(claimant) ? ClaimOutcome.WON : ClaimOutcome.LOST;
            } catch (NoSuchFileException e) {
                if (refusal != null) {
                    throw unusable(refusal);
                }
                // Swept since: free again.
            } catch (IOException e) {
                throw TransferFault.CLAIM_UNKNOWN.exception(
                        "the record of " + taken + " in " + directory() + ": " + AccountDirectory.reason(e), e);
            }
        }
        throw TransferFault.CLAIM_UNKNOWN.exception(
                "the record of " + taken + " in " + directory() + " is made and swept again and again");
    }

    private GSSException unusable(IOException refusal) {
        return refusal instanceof NoSuchFileException
                ? removed(refusal)
                : TransferFault.CLAIMS_UNUSABLE.exception(
                        "nothing can be recorded in " + directory() + " (" + AccountDirectory.reason(refusal)
                                + "): it must be writable, have room, and its file system symbolic links",
                        refusal);
    }

    private GSSException removed(IOException refusal) {
        return TransferFault.CLAIMS_UNUSABLE.exception(
                directory()
                        + " was removed while it was in use, and with it what it knew: a new token can be claimed"
                        + " in a new store",
                refusal);
    }
}
