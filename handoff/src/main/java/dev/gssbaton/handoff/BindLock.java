package dev.gssbaton.handoff;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Map;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * Held by whoever begins to listen at a path, from before it looks what stands there until it listens: another would take its socket for
 * one that was left, and remove it. A lock on a file beside the path, which is removed with it; who has locked a file that was removed
 * meanwhile begins again.
 *
 * <p>In a directory of several accounts each has a lock of its own: none can remove another's socket there.
 */
final class BindLock implements Closeable {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final Path path;
    private final RandomAccessFile file;

    private BindLock(Path path, RandomAccessFile file) {
        this.path = path;
        this.file = file;
    }

    static BindLock of(Path socket, boolean shared) throws IOException {
        String suffix = shared ? ".lock-" + ProcessStatus.self().uid() : ".lock";
        Path path = socket.resolveSibling("." + socket.getFileName() + suffix);
        long begin = System.nanoTime();
        while (true) {
            BindLock lock = new BindLock(path, open(path));
            boolean held = false;
            try {
                held = lock.tryToHold();
                if (held) {
                    return lock;
                }
            } finally {
                if (!held) {
                    lock.file.close();
                }
            }
            if (System.nanoTime() - begin >= LIMIT.toNanos()) {
                throw new IOException("another process has held " + path + " for " + LIMIT + ": is it stopped?");
            }
            rest();
        }
    }

    /**
     * Makes the file where there is none, and opens it. In a directory of several accounts another could have left a link under its name,
     * and what it leads to would be opened, or made; what belongs to this account nobody else can replace there. One thread at a time,
     * since closing what was made would give up a lock that another thread has on it.
     */
    private static synchronized RandomAccessFile open(Path path) throws IOException {
        while (true) {
            try {
                Files.createFile(path);
                break;
            } catch (FileAlreadyExistsException e) {
                if (isOwn(path)) {
                    break;
                }
            }
        }
        return new RandomAccessFile(path.toFile(), "rw");
    }

    /** Says whether it stands there still; it may have been removed meanwhile. */
    private static boolean isOwn(Path path) throws IOException {
        Map<String, Object> found;
        try {
            found = Files.readAttributes(path, "unix:uid,isRegularFile", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return false;
        }
        long owner = Integer.toUnsignedLong((Integer) found.get("uid"));
        if (!Boolean.TRUE.equals(found.get("isRegularFile"))
                || owner != ProcessStatus.self().uid()) {
            throw new IOException(
                    path + " is a link or belongs to another account, and who begins to listen locks it: remove it");
        }
        return true;
    }

    private boolean tryToHold() throws IOException {
        try {
            return file.getChannel().tryLock() != null && isThere();
        } catch (OverlappingFileLockException e) {
            // Another thread of this process has it.
            return false;
        }
    }

    /** Says whether what is locked still stands under its name. */
    private boolean isThere() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        int number = FileDescriptorCast.using(file.getFD()).as(Integer.class);
        Object locked = Files.readAttributes(Path.of("/proc/self/fd/" + number), BasicFileAttributes.class)
                .fileKey();
        Object named = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
        return locked.equals(named);
    }

    private static void rest() throws IOException {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the thread was interrupted", e);
        }
    }

    /** Lets the next one look. */
    @Override
    public void close() throws IOException {
        try {
            Files.deleteIfExists(path);
        } finally {
            file.close();
        }
    }
}
