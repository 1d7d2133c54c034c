package dev.gssbaton.seal;

import dev.gssbaton.account.AccountDirectory;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.ietf.jgss.GSSException;

/**
 * What a parent writes into a pipe for its child.
 *
 * <pre>
 * 0..3    magic 42 54 4B 59 | 4 version 01 | 5 number of keys | 6 index of the primary one | 7 00
 * 8..15   milliseconds for which the keys may be used
 * 16..    each key: 16 identifier | 8 seconds since 1970 at which it was made | 32 key
 * ..8191  00
 * </pre>
 *
 * <p>It always has 8192 octets, so that it goes through a {@link java.io.BufferedOutputStream} without a copy that stays
 * there, and so that the reader knows where the application's own data begin.
 *
 * @param keys the keys, the receiver's
 * @param usable for how long they may be used
 */
record InheritedMessage(RootKeys keys, Duration usable) {
    static final int SIZE = 8192;
    static final int MAX_KEYS = 16;

    private static final int MAGIC = 0x42544B59;
    private static final int VERSION = 1;
    private static final Duration MAX_USABLE = Duration.ofDays(365);
    private static final int TYPE_MASK = 0170000;
    private static final int PIPE = 0010000;
    private static final int SOCKET = 0140000;

    static void requireUsable(Duration usable) {
        if (usable.toMillis() < 1 || usable.compareTo(MAX_USABLE) > 0) {
            throw new IllegalArgumentException(
                    "keys are usable for a millisecond to " + MAX_USABLE + ", not " + usable);
        }
    }

    /** Writes a message; the caller erases it. */
    static byte[] encode(RootKeys keys, Duration usable) {
        byte[] octets = new byte[SIZE];
        ByteBuffer out = ByteBuffer.wrap(octets);
        out.putInt(MAGIC).put((byte) VERSION).put((byte) keys.all().size());
        out.put((byte) keys.all().indexOf(keys.primary().orElseThrow())).put((byte) 0);
        out.putLong(Math.max(1, usable.toMillis()));
        for (RootKey key : keys.all()) {
            out.put(key.id().toBytes()).putLong(key.created().getEpochSecond());
            key.key().lend(out::put);
        }
        return octets;
    }

    private static InheritedMessage decode(byte[] octets) throws GSSException {
        ByteBuffer in = ByteBuffer.wrap(octets);
        if (in.getInt() != MAGIC || in.get() != VERSION) {
            throw unusable("what the parent wrote are no keys: it has to give them before it writes anything else");
        }
        int count = in.get();
        int primary = in.get();
        byte zero = in.get();
        long millis = in.getLong();
        if (count < 1 || count > MAX_KEYS || primary < 0 || primary >= count || zero != 0) {
            throw malformed();
        }
        if (millis < 1 || millis > MAX_USABLE.toMillis()) {
            throw malformed();
        }
        RootKeys keys = new RootKeys();
        boolean whole = false;
        try {
            for (int i = 0; i < count; i++) {
                byte[] id = new byte[PublicId.SIZE];
                byte[] key = new byte[RootKeys.KEY_SIZE];
                in.get(id);
                Instant created = Instant.ofEpochSecond(in.getLong());
                in.get(key);
                append(keys, new RootKey(PublicId.of(id), created, SecretBytes.take(key)));
            }
            keys.makePrimary(keys.all().get(primary));
            while (in.hasRemaining()) {
                if (in.get() != 0) {
                    throw malformed();
                }
            }
            whole = true;
            return new InheritedMessage(keys, Duration.ofMillis(millis));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw malformed();
        } finally {
            if (!whole) {
                keys.close();
            }
        }
    }

    private static void append(RootKeys keys, RootKey key) {
        boolean taken = false;
        try {
            keys.append(key);
            taken = true;
        } finally {
            if (!taken) {
                key.close();
            }
        }
    }

    private static GSSException malformed() {
        return unusable("what the parent wrote is no message with keys of this version");
    }

    private static GSSException unusable(String text) {
        return TransferFault.KEYS_UNUSABLE.exception(text);
    }

    /**
     * Reads a message in a thread of its own, which may wait longer than the caller does; what it reads too late it erases.
     */
    static InheritedMessage read(InputStream in, Duration limit) throws GSSException {
        Reading reading = new Reading(in);
        Thread thread = new Thread(reading, "baton inherited keys");
        thread.setDaemon(true);
        thread.start();
        byte[] octets = reading.await(limit);
        try {
            return decode(octets);
        } finally {
            Arrays.fill(octets, (byte) 0);
        }
    }

    /** Refuses keys that stand in a file. */
    static void requirePipe(Path descriptor) throws GSSException {
        try {
            int type = (Integer) Files.getAttribute(descriptor, "unix:mode") & TYPE_MASK;
            if (type == PIPE || type == SOCKET) {
                return;
            }
        } catch (IOException | UnsupportedOperationException e) {
            String reason = e instanceof IOException io ? AccountDirectory.reason(io) : "no POSIX file system";
            throw unusable(descriptor + " cannot be looked at (" + reason + "): let the parent leave a pipe there");
        }
        throw unusable(
                descriptor + " is no pipe, and keys must not stand in a file: start this process with a pipe there");
    }

    private static final class Reading implements Runnable {
        private static final byte[] GIVEN_UP = {};

        private final InputStream in;
        private final AtomicReference<byte[]> octets = new AtomicReference<>();
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile String problem;

        Reading(InputStream in) {
            this.in = in;
        }

        @Override
        public void run() {
            byte[] read = new byte[SIZE];
            try {
                int length = in.readNBytes(read, 0, SIZE);
                if (length < SIZE) {
                    problem = length == 0
                            ? "the parent gave no keys before it closed the pipe"
                            : "the parent closed the pipe after " + length + " octets of " + SIZE;
                } else if (octets.compareAndSet(null, read)) {
                    return;
                }
                Arrays.fill(read, (byte) 0);
            } catch (IOException e) {
                Arrays.fill(read, (byte) 0);
                problem = "the pipe from the parent cannot be read: " + AccountDirectory.reason(e);
            } finally {
                ended.countDown();
            }
        }

        byte[] await(Duration limit) throws GSSException {
            boolean interrupted = false;
            try {
                ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
                Thread.currentThread().interrupt();
            }
            byte[] read = octets.getAndSet(GIVEN_UP);
            if (read != null) {
                return read;
            }
            if (problem != null) {
                throw unusable(problem);
            }
            throw unusable(
                    interrupted
                            ? "the thread that waited for the parent's keys was interrupted"
                            : "the parent gave no keys within " + limit);
        }
    }
}
