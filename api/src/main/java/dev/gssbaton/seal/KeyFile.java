package dev.gssbaton.seal;

import dev.gssbaton.account.AccountDirectory;
import dev.gssbaton.account.FileStatus;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SecretBytes;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The file of an account's keys: lines of ASCII, each ended by a line feed.
 *
 * <pre>
 * baton keys 1
 * 0a1b… 2026-01-31T12:00:00Z 4c5d… accepted
 * 2c3d… 2026-02-28T12:00:00Z 6e7f… primary
 * </pre>
 *
 * <p>Each key's line has its identifier (32 lower-case hexadecimal digits), the time at which it was made (UTC, to the
 * second), its octets (64 digits) and its use, parted by one space. One line is the primary one. Keys stand in the order in
 * which they were made.
 *
 * <p>The file is never written in place: a new one is made beside it, forced to the disk and renamed, by one process at a
 * time, which holds the lock of a third file. So readers need no lock. Safe for use by several threads.
 */
final class KeyFile {
    private static final System.Logger LOG = System.getLogger("dev.gssbaton");

    /** More than anybody needs, and few enough to read at once. */
    static final int MAX_KEYS = 256;

    private static final String MAGIC_LINE = "baton keys 1\n";
    private static final String PRIMARY = "primary";
    private static final String ACCEPTED = "accepted";

    private static final int ID_POS = 0;
    private static final int CREATED_POS = ID_POS + 2 * PublicId.SIZE + 1; // 33
    private static final int KEY_POS = CREATED_POS + "2026-01-31T12:00:00Z".length() + 1; // 54
    private static final int USE_POS = KEY_POS + 2 * RootKeys.KEY_SIZE + 1; // 119
    private static final int MAX_SIZE = MAGIC_LINE.length() + MAX_KEYS * (USE_POS + ACCEPTED.length() + 1);

    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(10);
    private static final Duration LOCK_POLL = Duration.ofMillis(5);

    /** A lock of the system belongs to the process, so its threads need one of their own. */
    private static final ReentrantLock THREADS = new ReentrantLock();

    private final AccountDirectory directory;

    KeyFile(AccountDirectory directory) {
        this.directory = directory;
    }

    AccountDirectory directory() {
        return directory;
    }

    /**
     * Reads the file.
     *
     * @return its keys, which the caller closes
     * @throws NoSuchFileException if there is no file
     * @throws IOException if it is not this account's alone, or is damaged
     */
    RootKeys read() throws IOException {
        directory.check();
        while (true) {
            FileStatus status = FileStatus.of(path());
            status.requirePrivateFile();
            if (status.size() > MAX_SIZE) {
                throw damaged("is longer than " + MAX_SIZE + " octets");
            }
            byte[] octets = new byte[(int) status.size()];
            // A stream, since reading from a channel fails in a thread that has been interrupted.
            try (FileInputStream in = new FileInputStream(path().toFile())) {
                int length = in.readNBytes(octets, 0, octets.length);
                // Otherwise another file has taken its place meanwhile.
                if (FileStatus.of(path()).equals(status)) {
                    return decode(ByteBuffer.wrap(octets, 0, length));
                }
            } finally {
                Arrays.fill(octets, (byte) 0);
            }
        }
    }

    /**
     * Changes the file: reads it, lets a function change the keys, and writes what it made of them. Makes the directory
     * if there is none. No other process changes the file meanwhile.
     *
     * @param change what to do; it is given no keys at all if there is no file, and says whether anything is to be written
     * @throws IOException if the file cannot be read or written
     */
    void update(Change change) throws IOException {
        directory.make();
        boolean interrupted = false;
        THREADS.lock();
        try (FileChannel channel = FileChannel.open(
                directory.resolve("keys.lock"), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), PRIVATE)) {
            long deadline = System.nanoTime() + LOCK_PATIENCE.toNanos();
            while (!isLocked(channel)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException("another process has kept " + directory.resolve("keys.lock") + " locked for "
                            + LOCK_PATIENCE.toSeconds() + " seconds: end it, and try again");
                }
                LockSupport.parkNanos(LOCK_POLL.toNanos());
                interrupted |= Thread.interrupted();
            }
            updateLocked(change);
        } finally {
            THREADS.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The lock ends when the channel is closed. */
    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            // Held by a copy of this class that another class loader made.
            return false;
        }
    }

    private void updateLocked(Change change) throws IOException {
        try (RootKeys keys = readOrNone()) {
            if (change.apply(keys)) {
                write(keys);
            }
        }
    }

    private RootKeys readOrNone() throws IOException {
        try {
            return read();
        } catch (NoSuchFileException e) {
            return new RootKeys();
        }
    }

    private void write(RootKeys keys) throws IOException {
        Path fresh = directory.resolve("keys.new");
        ByteBuffer out = ByteBuffer.allocate(MAX_SIZE);
        try {
            encode(keys, out);
            // Whoever left one behind has ended: the lock is ours.
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PRIVATE);
            try (FileOutputStream stream = new FileOutputStream(fresh.toFile())) {
                stream.write(out.array(), 0, out.position());
                stream.getFD().sync();
            }
            Files.move(fresh, path(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            IOException refusal = new IOException(
                    path() + " cannot be written (" + AccountDirectory.reason(e) + "): it is as it was", e);
            try {
                Files.deleteIfExists(fresh);
            } catch (IOException again) {
                refusal.addSuppressed(again);
            }
            throw refusal;
        } finally {
            Arrays.fill(out.array(), (byte) 0);
        }
        forceDirectory();
    }

    /** Makes the renaming last through a loss of power. Where the file system cannot, the new name still stands. */
    private void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory.path(), StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "cannot force directory {0} to the disk: {1}",
                    directory,
                    e.getMessage());
        }
    }

    private Path path() throws IOException {
        return directory.resolve("keys");
    }

    private static void encode(RootKeys keys, ByteBuffer out) {
        out.put(MAGIC_LINE.getBytes(StandardCharsets.US_ASCII));
        for (RootKey key : keys.all()) {
            out.put(ascii(key.id() + " " + key.created() + " "));
            key.key().lend(octets -> {
                for (byte octet : octets) {
                    out.put(DIGITS[(octet >> 4) & 0xF]).put(DIGITS[octet & 0xF]);
                }
                return null;
            });
            out.put(ascii(" " + (keys.isPrimary(key) ? PRIMARY : ACCEPTED) + "\n"));
        }
    }

    private RootKeys decode(ByteBuffer in) throws IOException {
        if (in.remaining() < MAGIC_LINE.length()
                || !text(in, MAGIC_LINE.length()).equals(MAGIC_LINE)) {
            throw damaged("does not begin with the line '" + MAGIC_LINE.trim() + "'");
        }
        RootKeys keys = new RootKeys();
        boolean done = false;
        try {
            for (int line = 2; in.hasRemaining(); line++) {
                decodeLine(in, keys, line);
            }
            if (keys.primary().isEmpty()) {
                throw damaged("has no primary key");
            }
            done = true;
            return keys;
        } finally {
            if (!done) {
                keys.close();
            }
        }
    }

    private void decodeLine(ByteBuffer in, RootKeys keys, int line) throws IOException {
        SecretBytes octets = null;
        try {
            String idText = text(in, 2 * PublicId.SIZE);
            PublicId id = PublicId.parse(idText);
            expect(id.toString().equals(idText));
            expect(in.get() == ' ');
            String createdText = text(in, KEY_POS - CREATED_POS - 1);
            Instant created = Instant.parse(createdText);
            expect(created.toString().equals(createdText));
            expect(in.get() == ' ');
            octets = key(in);
            expect(in.get() == ' ');
            boolean primary = use(in);
            expect(!primary || keys.primary().isEmpty());
            RootKey key = new RootKey(id, created, octets);
            keys.append(key);
            if (primary) {
                keys.makePrimary(key);
            }
        } catch (IllegalArgumentException | DateTimeException | BufferUnderflowException e) {
            if (octets != null) {
                octets.close();
            }
            // Without the cause, which may have octets of the key in its message.
            throw damaged("is not a list of keys in line " + line);
        }
    }

    private static void expect(boolean canonical) {
        if (!canonical) {
            throw new IllegalArgumentException("not as it is written");
        }
    }

    private static SecretBytes key(ByteBuffer in) {
        byte[] octets = new byte[RootKeys.KEY_SIZE];
        try {
            for (int i = 0; i < octets.length; i++) {
                octets[i] = (byte) ((digit(in.get()) << 4) | digit(in.get()));
            }
            return SecretBytes.copyOf(octets);
        } finally {
            Arrays.fill(octets, (byte) 0);
        }
    }

    private static int digit(byte digit) {
        int value = Arrays.binarySearch(DIGITS, digit);
        if (value < 0) {
            throw new IllegalArgumentException("not a digit");
        }
        return value;
    }

    private static boolean use(ByteBuffer in) {
        StringBuilder word = new StringBuilder();
        for (char next; (next = (char) in.get()) != '\n'; ) {
            word.append(next);
        }
        boolean primary = word.toString().equals(PRIMARY);
        expect(primary || word.toString().equals(ACCEPTED));
        return primary;
    }

    private static String text(ByteBuffer in, int length) {
        byte[] octets = new byte[length];
        in.get(octets);
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private IOException damaged(String what) throws IOException {
        return new IOException(
                path() + " " + what + ": put back a copy of it, or move it away to start with a new key, "
                        + "which ends all tokens on their way");
    }

    /** A change of the keys. */
    @FunctionalInterface
    interface Change {
        /**
         * Changes the keys.
         *
         * @param keys what is in the file, perhaps nothing
         * @return whether there is anything to be written
         */
        boolean apply(RootKeys keys);
    }
}
