package dev.gssbaton.claim;

import dev.gssbaton.account.AccountDirectory;
import dev.gssbaton.account.FileStatus;
import dev.gssbaton.spi.PublicId;
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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Removes records of host claims that have had their time, a few with each claim, and what earlier boots left.
 *
 * <p>Nobody else removes anything, and of all processes one at a time does, which holds the lock of a file: so that the
 * {@linkplain HostStore floor} never falls, and none that pauses between reading a record and removing it removes a newer one of
 * the same name.
 *
 * <p>A record goes when it is past by the wall clock and by the machine's. Where it has the time of another machine's clock (of
 * another boot, another time namespace, or none), the wall clock alone tells, and it is kept a day longer.
 *
 * <p>Each step takes the next directory in an order that is random, so that processes that claim once and end sweep
 * everything together. Under a network file system what seems left over may be another host's. So a store of another boot
 * is let alone until nothing has been recorded in it for a day; then first its link goes, by which that host's
 * processes would see that it is lost, then its floor, without which they would win no claim, and each record a day after its
 * time.
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
    /**
     * And so do copies of this class that other class loaders made, which share a literal: a process loses its lock when any
     * descriptor of the file is closed, be it one by which the lock was not had.
     */
    private static final String WHOLE_JVM = "dev.gssbaton.claim.ClaimSweeper";

    private final Clocks clocks;

    /** The store that the pass is of. */
    private PublicId swept;

    private final ArrayDeque<Bucket> buckets = new ArrayDeque<>();
    private Bucket current;
    private final ArrayDeque<String> records = new ArrayDeque<>();
    /** By the machine's clock. */
    private volatile long nextPass = Long.MIN_VALUE;

    /** A directory of records. */
    private record Bucket(Path path, Kind kind) {}

    private enum Kind {
        /** Of the store in which is claimed. */
        IN_USE,
        /** Of a store to which no link leads, and which has no floor any more. */
        LEFT
    }

    ClaimSweeper(Clocks clocks) {
        this.clocks = clocks;
    }

    /** Makes one small step, unless another thread or process is at it, or there is nothing to do yet. */
    void sweepSome(HostStore store) {
        if (clocks.machineMillis() < nextPass || !THREADS.tryLock()) {
            return;
        }
        try {
            synchronized (WHOLE_JVM) {
                sweepLocked(store);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot sweep {0}: {1}", store.root(), AccountDirectory.reason(e));
            current = null;
            records.clear();
        } finally {
            THREADS.unlock();
        }
    }

    private void sweepLocked(HostStore store) throws IOException {
        try (FileChannel channel = openLock(store)) {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                step(store, clocks.read());
            }
        } catch (OverlappingFileLockException e) {
            LOG.log(System.Logger.Level.DEBUG, "something else in this process holds the lock of {0}", store.root());
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

    private void step(HostStore store, Times now) throws IOException {
        if (!store.id().equals(swept)) {
            // What was to be looked at is another store's, and would raise the floor of this one.
            buckets.clear();
            records.clear();
            current = null;
            swept = store.id();
        }
        if (records.isEmpty()) {
            if (buckets.isEmpty()) {
                beginPass(store, now.wall());
            }
            current = buckets.poll();
            if (current != null) {
                records.addAll(shuffled(list(current.path())));
            }
        }
        List<HostStore.Entry> past = new ArrayList<>();
        for (int i = 0; i < RECORDS_PER_STEP && !records.isEmpty(); i++) {
            readIfPast(current.path().resolve(records.poll()), store, now).ifPresent(past::add);
        }
        if (current != null && current.kind() == Kind.LEFT) {
            for (HostStore.Entry record : past) {
                Files.deleteIfExists(record.path());
            }
        } else {
            store.forget(past);
        }
        if (records.isEmpty() && buckets.isEmpty()) {
            nextPass = now.machine() + PAUSE.toMillis();
        }
    }

    /** Reads a record; nothing if it is to stay. */
    private Optional<HostStore.Entry> readIfPast(Path path, HostStore store, Times now) throws IOException {
        try {
            // Each account sweeps its own, since each has a lock of its own; root, who could remove all, does so too.
            if (store.sharing() == HostStore.Sharing.GROUP
                    && !FileStatus.of(path).isOwn()) {
                return Optional.empty();
            }
            // What is damaged tells nobody when its time is, and stays.
            return Stamp.parse(Files.readSymbolicLink(path).toString())
                    .filter(stamp -> isPast(stamp, store, now))
                    .map(stamp -> new HostStore.Entry(path, stamp));
        } catch (NoSuchFileException e) {
            // Removed with its directory.
        } catch (NotLinkException e) {
            // Not a record, and for whoever put it there to remove.
        }
        return Optional.empty();
    }

    private boolean isPast(Stamp stamp, HostStore store, Times now) {
        return (current.kind() == Kind.IN_USE && stamp.clock().equals(store.clock()))
                ? stamp.time().isPast(now)
                : stamp.time().wall() < now.wall() - PATIENCE.toMillis();
    }

    private void beginPass(HostStore store, long now) throws IOException {
        List<Bucket> all = new ArrayList<>();
        for (Path bucket : store.buckets()) {
            all.add(new Bucket(bucket, Kind.IN_USE));
        }
        if (store.sharing() == HostStore.Sharing.GROUP) {
            buckets.addAll(shuffled(all));
            return;
        }
        for (Path orphan : orphans(store, now - PATIENCE.toMillis())) {
            removeEmpty(orphan);
            for (String name : list(orphan)) {
                all.add(new Bucket(orphan.resolve(name), Kind.LEFT));
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
            boolean old = Stamp.parse(name)
                    .filter(made -> made.time().wall() < before)
                    .isPresent();
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
