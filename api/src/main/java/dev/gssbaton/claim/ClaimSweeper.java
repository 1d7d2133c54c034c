package dev.gssbaton.claim;

import dev.gssbaton.account.AccountDirectory;
import dev.gssbaton.account.FileStatus;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Removes records of host claims that have had their time, a few with each claim, and what earlier boots left.
 *
 * <p>Nobody else removes anything, and of all processes one at a time does, which holds the lock of a file: otherwise one
 * that pauses between reading a record and removing it could remove a newer one of the same name.
 *
 * <p>Each step takes the next directory in an order that is random, so that processes that claim once and end sweep
 * everything together. Under a network file system what seems left over may be another host's. So a store of another boot
 * is let alone until nothing has been recorded in it for a day; then first its link goes, by which that host's
 * processes would see that it is lost, and each record a day after its time.
 *
 * <p>Whatever fails is tried again in another pass. Safe for use by several threads.
 */
final class ClaimSweeper {
    private static final System.Logger LOG = System.getLogger("dev.gssbaton");

    /** How many records one step looks at: more than a claim adds, so that sweeping keeps up. */
    private static final int RECORDS_PER_STEP = 8;
    /** From the end of one pass to the beginning of the next. */
    static final Duration PAUSE = Duration.ofMinutes(10);
    /** How long what another boot made is let alone. */
    static final Duration PATIENCE = Duration.ofDays(1);

    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** A lock of the system belongs to the process, so its threads need one of their own. */
    private static final ReentrantLock THREADS = new ReentrantLock();

    private final Clock clock;

    private final ArrayDeque<Bucket> buckets = new ArrayDeque<>();
    private Bucket current;
    private final ArrayDeque<String> records = new ArrayDeque<>();
    private volatile long nextPass = Long.MIN_VALUE;

    /**
     * A directory of records.
     *
     * @param path the directory
     * @param patience how long after its time a record is kept
     */
    private record Bucket(Path path, Duration patience) {}

    ClaimSweeper(Clock clock) {
        this.clock = clock;
    }

    /** Makes one small step, unless another thread or process is at it, or there is nothing to do yet. */
    void sweepSome(HostStore store) {
        long now = clock.millis();
        if (now < nextPass || !THREADS.tryLock()) {
            return;
        }
        try (FileChannel channel = openLock(store)) {
            if (isLocked(channel)) {
                step(store, now);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot sweep {0}: {1}", store.root(), AccountDirectory.reason(e));
            current = null;
            records.clear();
        } finally {
            THREADS.unlock();
        }
    }

    /**
     * Opens the file of the lock. In a directory that is shared, somebody else may have put anything in its place, and what
     * is ours only we can replace.
     */
    private static FileChannel openLock(HostStore store) throws IOException {
        Path file = store.sweepLock();
        if (store.sharing() == HostStore.Sharing.ACCOUNT) {
            return FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), PRIVATE);
        }
        try {
            FileStatus.of(file).requirePrivateFile();
        } catch (NoSuchFileException e) {
            return FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE);
        }
        return FileChannel.open(file, Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            // Held by a copy of this class that another class loader made.
            return false;
        }
    }

    private void step(HostStore store, long now) throws IOException {
        if (records.isEmpty()) {
            if (buckets.isEmpty()) {
                beginPass(store, now);
            }
            current = buckets.poll();
            if (current != null) {
                records.addAll(shuffled(list(current.path())));
            }
        }
        for (int i = 0; i < RECORDS_PER_STEP && !records.isEmpty(); i++) {
            sweep(
                    current.path().resolve(records.poll()),
                    now - current.patience().toMillis(),
                    store.sharing());
        }
        if (records.isEmpty() && buckets.isEmpty()) {
            nextPass = now + PAUSE.toMillis();
        }
    }

    private static void sweep(Path record, long before, HostStore.Sharing sharing) throws IOException {
        try {
            // Each account sweeps its own, since each has a lock of its own; root, who could remove all, does so too.
            if (sharing == HostStore.Sharing.GROUP && !FileStatus.of(record).isOwn()) {
                return;
            }
            String content = Files.readSymbolicLink(record).toString();
            // What is damaged tells nobody when its time is, and stays.
            if (HostStore.NAME.matcher(content).matches() && HostStore.number(content) < before) {
                Files.deleteIfExists(record);
            }
        } catch (NoSuchFileException e) {
            // Removed with its directory.
        } catch (NotLinkException e) {
            // Not a record, and for whoever put it there to remove.
        }
    }

    private void beginPass(HostStore store, long now) throws IOException {
        List<Bucket> all = new ArrayList<>();
        for (Path bucket : store.buckets()) {
            all.add(new Bucket(bucket, Duration.ZERO));
        }
        if (store.sharing() == HostStore.Sharing.GROUP) {
            buckets.addAll(shuffled(all));
            return;
        }
        for (Path orphan : orphans(store, now - PATIENCE.toMillis())) {
            removeEmpty(orphan);
            for (String name : list(orphan)) {
                all.add(new Bucket(orphan.resolve(name), PATIENCE));
            }
        }
        buckets.addAll(shuffled(all));
    }

    /** Gives the stores to which no link leads, and which are older than those that are just being made. */
    private static List<Path> orphans(HostStore store, long before) throws IOException {
        List<String> names = list(store.root());
        Set<String> linked = new HashSet<>();
        for (String name : names) {
            if (HostStore.BOOT_ID.matcher(name).matches()) {
                Path link = store.root().resolve(name);
                String target = Files.readSymbolicLink(link).toString();
                if (name.equals(store.bootId()) || isUsedSince(store.root().resolve(target), before)) {
                    linked.add(target);
                } else {
                    Files.deleteIfExists(link);
                }
            }
        }
        List<Path> orphans = new ArrayList<>();
        for (String name : names) {
            boolean old = HostStore.NAME.matcher(name).matches() && HostStore.number(name) < before;
            if (old && !linked.contains(name)) {
                orphans.add(store.root().resolve(name));
            }
        }
        return orphans;
    }

    private static boolean isUsedSince(Path directory, long time) throws IOException {
        for (String bucket : list(directory)) {
            long used = Files.getLastModifiedTime(directory.resolve(bucket), LinkOption.NOFOLLOW_LINKS)
                    .toMillis();
            if (used >= time) {
                return true;
            }
        }
        return false;
    }

    private static void removeEmpty(Path directory) {
        try {
            HostStore.remove(directory);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "records are left in {0}", directory);
        }
    }

    /** Gives the names in a directory; none if it is not there. */
    private static List<String> list(Path directory) {
        String[] names = directory.toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    private static <T> List<T> shuffled(List<T> all) {
        List<T> copy = new ArrayList<>(all);
        Collections.shuffle(copy, ThreadLocalRandom.current());
        return copy;
    }
}
