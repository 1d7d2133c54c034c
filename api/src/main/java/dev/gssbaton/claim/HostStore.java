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
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.ietf.jgss.GSSException;

/**
 * The records of one running kernel, in a directory that processes share.
 *
 * <pre>
 * 0f8fad5b-d9cb-469f-a165-70867728950e       symbolic link named by the kernel's boot id: which store is this boot's
 * 7c9e…85a2.1767225600000/                   a store: a random identifier, and since when it is there
 *   00/ … ff/                                the first octet of what is taken
 *     9b2d…41                                symbolic link named by the other octets: who took it, and until when that
 *                                            is to be kept: 3f2a…90.1767229260000
 * </pre>
 *
 * <p><strong>Why symbolic links.</strong> The system makes one with its content in a single step, which fails if the name
 * is taken. So no record is ever half written, whenever its writer is killed, and there is nothing to wait for; a
 * regular file needs three steps and twice the time. The links point to nothing, and nobody follows them.
 *
 * <p><strong>Identity.</strong> Of the random identifier, the boot id, and the directory's device and number:
 *
 * <pre>
 * first 16 octets of SHA-256("baton claim store 1" ‖ 00 ‖ random (16) ‖ boot id (36 of ASCII) ‖ device (8) ‖ number (8))
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
 * @param since when it was made
 * @param sharing who uses it
 */
record HostStore(Path root, String bootId, Path directory, PublicId id, Instant since, Sharing sharing) {
    static final Pattern BOOT_ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    /** Of a store's directory, and of what a record points to: 16 octets, and milliseconds since 1970. */
    static final Pattern NAME = Pattern.compile("[0-9a-f]{32}\\.(0|[1-9][0-9]{0,18})");

    /** Who uses a store. */
    enum Sharing {
        /** One account, whose the directories are. */
        ACCOUNT,
        /** The accounts of a group; the directories are root's. */
        GROUP
    }

    private static final Pattern BOOT_TIME = Pattern.compile("(?m)^btime (\\d{1,18})$");
    private static final byte[] ID_LABEL = "baton claim store 1\0".getBytes(StandardCharsets.US_ASCII);
    private static final int BUCKETS = 256;
    /** How often somebody else may remove, or be the first to make, what is about to be used. */
    private static final int ATTEMPTS = 10;

    /**
     * Opens the store of this boot, and makes it if there is none. Two processes may do so at once: the one whose link
     * comes first gives the store its name.
     *
     * @param root the directory of all boots, made if there is none
     * @param bootIdFile where the kernel tells its boot id
     * @param random where the store's identifier comes from
     * @param clock tells when it was made
     * @return the store
     * @throws IOException saying what is wrong and what to do
     */
    static HostStore open(AccountDirectory root, Path bootIdFile, SecureRandom random, Clock clock) throws IOException {
        root.make();
        String bootId = readBootId(bootIdFile);
        Path link = root.resolve(bootId);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String name;
            try {
                name = Files.readSymbolicLink(link).toString();
            } catch (NoSuchFileException e) {
                make(root.path(), link, random, clock);
                continue;
            }
            if (!NAME.matcher(name).matches()) {
                throw new IOException(link + " points to something else than a store: remove it");
            }
            try {
                FileStatus status = FileStatus.of(root.resolve(name));
                status.requirePrivateDirectory();
                Instant since = Instant.ofEpochMilli(number(name));
                PublicId id = identity(name, bootId, status);
                return new HostStore(root.path(), bootId, root.resolve(name), id, since, Sharing.ACCOUNT);
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
     * sweep.lock.1000    the file by which the processes of account 1000 agree on who sweeps
     * </pre>
     *
     * <p>The store outlives a boot, and its identity does not; nor is it said to remember what was before the boot, since
     * nothing was forced to the disk.
     *
     * @param root the directory
     * @param bootIdFile where the kernel tells its boot id
     * @param before what was found there before, or null
     * @return the store
     * @throws IOException saying what is wrong and what to do
     */
    static HostStore openShared(SharedDirectory root, Path bootIdFile, HostStore before) throws IOException {
        try {
            FileStatus status = root.check();
            Path link = root.path().resolve("store");
            FileStatus.of(link).requireRoots();
            String name = Files.readSymbolicLink(link).toString();
            if (!NAME.matcher(name).matches()) {
                throw new IOException(link + " names no store");
            }
            String bootId = readBootId(bootIdFile);
            PublicId id = identity(name, bootId, status);
            if (before != null && before.id.equals(id)) {
                // Only root can have changed what stands in a directory of root's.
                return before;
            }
            Instant made = Instant.ofEpochMilli(number(name));
            Instant booted = bootTime();
            Instant since = made.isAfter(booted) ? made : booted;
            HostStore store = new HostStore(root.path(), bootId, root.path(), id, since, Sharing.GROUP);
            for (Path bucket : store.buckets()) {
                FileStatus.of(bucket).requireSharedDirectory();
            }
            return store;
        } catch (IOException e) {
            throw new IOException(
                    AccountDirectory.explain(e) + "; claims that accounts share need a directory that root makes so:"
                            + " install -d -o root -g GROUP -m 1770 " + root + " " + root
                            + "/{{0..9},{a..f}}{{0..9},{a..f}}"
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
    private static Instant bootTime() throws IOException {
        try (FileInputStream in = new FileInputStream("/proc/stat")) {
            Matcher found = BOOT_TIME.matcher(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
            if (found.find()) {
                return Instant.ofEpochSecond(Long.parseLong(found.group(1)) + 1);
            }
        }
        throw new IOException("/proc/stat does not say when the kernel began to run");
    }

    private static void make(Path root, Path link, SecureRandom random, Clock clock) throws IOException {
        String name = PublicId.draw(random) + "." + clock.millis();
        Path directory = root.resolve(name);
        AccountDirectory.makePrivate(directory);
        // All at once, so that one which is missing later was removed, and is not taken for one without records.
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            AccountDirectory.makePrivate(directory.resolve(bucketName(bucket)));
        }
        try {
            Files.createSymbolicLink(link, Path.of(name));
        } catch (FileAlreadyExistsException e) {
            // Another process was first, and nobody has seen this one.
            remove(directory);
        }
    }

    /** Removes a store's directory as far as it holds no records. */
    static void remove(Path directory) throws IOException {
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            Files.deleteIfExists(directory.resolve(bucketName(bucket)));
        }
        Files.deleteIfExists(directory);
    }

    private static PublicId identity(String name, String bootId, FileStatus status) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(ID_LABEL);
            sha256.update(HexFormat.of().parseHex(name, 0, 2 * PublicId.SIZE));
            sha256.update(bootId.getBytes(StandardCharsets.US_ASCII));
            ByteBuffer place = ByteBuffer.allocate(16).putLong(status.device()).putLong(status.inode());
            return PublicId.of(sha256.digest(place.array()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    /** Reads the number behind the identifier in a {@link #NAME}. */
    static long number(String name) throws IOException {
        try {
            return Long.parseLong(name, 2 * PublicId.SIZE + 1, name.length(), 10);
        } catch (NumberFormatException e) {
            throw new IOException(name + " has a number that is too great", e);
        }
    }

    private static String bucketName(int bucket) {
        return HexFormat.of().toHexDigits((byte) bucket);
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
     * @param keepUntil in milliseconds since 1970
     * @return whether the claimant has it
     * @throws GSSException {@link TransferFault#CLAIM_UNKNOWN} or {@link TransferFault#CLAIMS_UNUSABLE}
     */
    ClaimOutcome claim(ClaimId taken, PublicId claimant, long keepUntil) throws GSSException {
        String hex = taken.toHex();
        Path record = directory.resolve(hex.substring(0, 2) + "/" + hex.substring(2));
        Path content = Path.of(claimant + "." + keepUntil);
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
                String found = Files.readSymbolicLink(record).toString();
                if (!NAME.matcher(found).matches()) {
                    throw new IOException("the record is damaged");
                }
                return found.startsWith(claimant + ".") ? ClaimOutcome.WON : ClaimOutcome.LOST;
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
        if (refusal instanceof NoSuchFileException) {
            return TransferFault.CLAIMS_UNUSABLE.exception(
                    directory()
                            + " was removed while it was in use, and with it what it knew: a new token can be claimed"
                            + " in a new store",
                    refusal);
        }
        return TransferFault.CLAIMS_UNUSABLE.exception(
                "nothing can be recorded in " + directory() + " (" + AccountDirectory.reason(refusal)
                        + "): it must be writable, have room, and its file system symbolic links",
                refusal);
    }
}
