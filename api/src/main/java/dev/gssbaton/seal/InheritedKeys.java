package dev.gssbaton.seal;

import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.TransferFault;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.ietf.jgss.GSSException;

/**
 * Keys that a process draws and hands to its children through a pipe: only these processes may import what one of them
 * exported. The keys live in memory alone; they stand on no disk, in no environment and in no argument.
 *
 * <p>The parent draws keys and writes them to a child's standard input, which the child reads before anything else does:
 *
 * <pre>{@code
 * // the parent
 * InheritedKeys keys = InheritedKeys.draw(random);
 * Process child = new ProcessBuilder("java", "-cp", path, "Worker").start();
 * keys.giveTo(child.getOutputStream(), Duration.ofHours(12));
 *
 * // the child
 * InheritedKeys keys = InheritedKeys.takeFromStandardInput(Duration.ofSeconds(10));
 * BatonManager manager = BatonManager.builder().keys(keys).build();
 * }</pre>
 *
 * <p>A message has {@value #MESSAGE_SIZE} octets, whatever it holds, and no more than these are read: what the parent
 * writes after it is the application's. A child may give its keys to children of its own. A parent that is no Java program
 * may leave the keys in a pipe at another descriptor: see {@link #takeFromDescriptor}.
 *
 * <p><strong>Rotation.</strong> The parent calls {@link #prepareNext} and gives the keys to all its children again, which
 * {@link #update} theirs: from then on all accept the next key. Then {@link #useNext}, and again; and after the longest
 * lifetime of a token {@link #dropFormer}, and again.
 *
 * <p><strong>Time.</strong> A child waits for keys no longer than it says, and uses them no longer than the parent said,
 * by a clock that nobody sets: then they are erased, unless the parent has given them again.
 *
 * <p>Safe for use by several threads.
 */
public final class InheritedKeys implements KeySource, AutoCloseable {
    /** Length of what passes through the pipe, in octets. */
    public static final int MESSAGE_SIZE = InheritedMessage.SIZE;

    private static final long ENDED = 0;

    private final SecureRandom random;
    private final LongSupplier nanoTime;
    /** Whether these were taken from a parent, which then is the one that rotates. */
    private final boolean taken;

    private volatile View view;
    private boolean closed;

    /**
     * What there is to use.
     *
     * @param keys the keys
     * @param since when they came, in nanoseconds
     * @param usable for how many nanoseconds from then
     */
    private record View(RootKeys keys, long since, long usable) {
        long left(long now) {
            return usable == ENDED ? 0 : usable - (now - since);
        }
    }

    private InheritedKeys(SecureRandom random, LongSupplier nanoTime, boolean taken, View view) {
        this.random = random;
        this.nanoTime = nanoTime;
        this.taken = taken;
        this.view = view;
    }

    /** Erases what was taken when its time is over, though nobody asks for it; unless something else has taken its place. */
    private void watch(View watched) {
        long left = watched.left(nanoTime.getAsLong());
        CompletableFuture.delayedExecutor(left, TimeUnit.NANOSECONDS, Runnable::run)
                .execute(() -> endOrWatch(watched));
    }

    @SuppressWarnings("ReferenceEquality") // another view of the same keys is watched for itself
    private synchronized void endOrWatch(View watched) {
        if (view != watched) {
            return;
        }
        if (watched.left(nanoTime.getAsLong()) > 0) {
            watch(watched);
        } else {
            end();
        }
    }

    private void end() {
        publish(new RootKeys(), 0, ENDED);
    }

    /**
     * Draws a first key, for this process and those that it gives it to.
     *
     * @param random where keys come from
     * @return keys that the caller closes
     */
    public static InheritedKeys draw(SecureRandom random) {
        return draw(random, System::nanoTime);
    }

    static InheritedKeys draw(SecureRandom random, LongSupplier nanoTime) {
        RootKeys keys = new RootKeys();
        RootKey first = newKey(random);
        keys.append(first);
        keys.makePrimary(first);
        return new InheritedKeys(random, nanoTime, false, new View(keys, nanoTime.getAsLong(), Long.MAX_VALUE));
    }

    private static RootKey newKey(SecureRandom random) {
        byte[] octets = new byte[RootKeys.KEY_SIZE];
        random.nextBytes(octets);
        return new RootKey(
                PublicId.draw(random),
                Clock.systemUTC().instant().truncatedTo(ChronoUnit.SECONDS),
                SecretBytes.take(octets));
    }

    /**
     * Takes keys from the standard input, without the buffer of {@link System#in}: call it before anything else reads there.
     *
     * @param limit how long to wait for them
     * @return keys that the caller closes
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} if none come in time, what comes are none, or the standard
     *     input is no pipe, such as a file, in which keys must not stand
     */
    public static InheritedKeys takeFromStandardInput(Duration limit) throws GSSException {
        InheritedMessage.requirePipe(Path.of("/proc/self/fd/0"));
        return takeFrom(new FileInputStream(FileDescriptor.in), limit);
    }

    /**
     * Takes keys from a pipe that this process inherited at another descriptor than 0. JVMs do not leave such descriptors to
     * the children that they start; shells and service managers do. Linux only.
     *
     * @param descriptor its number
     * @param limit how long to wait for them
     * @return keys that the caller closes
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} as {@link #takeFromStandardInput}
     */
    public static InheritedKeys takeFromDescriptor(int descriptor, Duration limit) throws GSSException {
        Path path = Path.of("/proc/self/fd/" + descriptor);
        InheritedMessage.requirePipe(path);
        try (FileInputStream in = new FileInputStream(path.toFile())) {
            return takeFrom(in, limit);
        } catch (IOException e) {
            throw TransferFault.KEYS_UNUSABLE.exception(
                    "descriptor " + descriptor + " cannot be read: let the parent leave a pipe with keys there", e);
        }
    }

    /**
     * Takes keys from a stream that leads to the parent. A stream that buffers keeps copies of them, so give one that does not.
     *
     * @param in the stream, of which {@value #MESSAGE_SIZE} octets are read; it stays the caller's. If no keys come in time,
     *     it is of no more use, since what comes later is read and erased
     * @param limit how long to wait for them
     * @return keys that the caller closes
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} if none come in time, or what comes are none
     */
    public static InheritedKeys takeFrom(InputStream in, Duration limit) throws GSSException {
        return takeFrom(in, limit, System::nanoTime);
    }

    static InheritedKeys takeFrom(InputStream in, Duration limit, LongSupplier nanoTime) throws GSSException {
        InheritedMessage message = InheritedMessage.read(in, limit);
        View view =
                new View(message.keys(), nanoTime.getAsLong(), message.usable().toNanos());
        InheritedKeys keys = new InheritedKeys(new SecureRandom(), nanoTime, true, view);
        keys.watch(view);
        return keys;
    }

    /**
     * Takes what the parent gives again, in place of what it gave before. Keys that are not among them are erased.
     *
     * @param in as for {@link #takeFrom}
     * @param limit how long to wait
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} if nothing comes in time, or what comes are no keys; then
     *     these stay as they are
     * @throws IllegalStateException if these keys were not taken from a parent, or have been closed
     */
    public void update(InputStream in, Duration limit) throws GSSException {
        if (!taken) {
            throw new IllegalStateException("these keys were drawn here: it is for this process to rotate them");
        }
        InheritedMessage message = InheritedMessage.read(in, limit);
        synchronized (this) {
            if (closed) {
                message.keys().close();
                throw new IllegalStateException("the inherited keys have been closed");
            }
            publish(message.keys(), nanoTime.getAsLong(), message.usable().toNanos());
            watch(view);
        }
    }

    /**
     * Writes the keys to a child's standard input, or another pipe that only a process of this tree reads, and flushes it.
     * Waits if the child does not read and the pipe is full: a new one has room for eight messages.
     *
     * @param out the stream, which stays the caller's
     * @param usable for how long the child, and its children, may use the keys: a millisecond to 365 days. A child that gives
     *     them on gives no longer time than it has itself
     * @throws IOException if the child does not take them any more
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} if these keys have been closed, or have had their time
     * @throws IllegalArgumentException if the time is not in that range
     */
    public void giveTo(OutputStream out, Duration usable) throws IOException, GSSException {
        InheritedMessage.requireUsable(usable);
        byte[] octets;
        synchronized (this) {
            View current = current();
            Duration left = Duration.ofNanos(current.left(nanoTime.getAsLong()));
            octets = InheritedMessage.encode(current.keys, usable.compareTo(left) < 0 ? usable : left);
        }
        try {
            out.write(octets);
            out.flush();
        } finally {
            Arrays.fill(octets, (byte) 0);
        }
    }

    /**
     * Draws the next key, which is accepted from now on, and seals nothing before {@link #useNext}.
     *
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} if these keys have been closed
     * @throws IllegalStateException if these keys were taken from a parent, or there are {@value InheritedMessage#MAX_KEYS}
     */
    public synchronized void prepareNext() throws GSSException {
        RootKeys next = copyForChange();
        if (next.all().size() == InheritedMessage.MAX_KEYS) {
            next.close();
            throw new IllegalStateException(
                    "there are " + InheritedMessage.MAX_KEYS + " keys: drop the former ones before another is drawn");
        }
        next.append(newKey(random));
        publish(next, view.since, view.usable);
    }

    /**
     * Lets the key that was drawn last seal new tokens. The former ones stay accepted.
     *
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} if these keys have been closed
     * @throws IllegalStateException if these keys were taken from a parent
     */
    public synchronized void useNext() throws GSSException {
        RootKeys next = copyForChange();
        next.makePrimary(next.all().get(next.all().size() - 1));
        publish(next, view.since, view.usable);
    }

    /**
     * Drops the keys that were drawn before the one that seals.
     *
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} if these keys have been closed
     * @throws IllegalStateException if these keys were taken from a parent
     */
    public synchronized void dropFormer() throws GSSException {
        RootKeys next = copyForChange();
        while (!next.isPrimary(next.all().get(0))) {
            next.drop(next.all().get(0));
        }
        publish(next, view.since, view.usable);
    }

    private RootKeys copyForChange() throws GSSException {
        if (taken) {
            throw new IllegalStateException("these keys were taken from a parent: it is for the parent to rotate them");
        }
        RootKeys current = current().keys;
        RootKeys copy = new RootKeys();
        for (RootKey key : current.all()) {
            RootKey same = new RootKey(key.id(), key.created(), key.key().copy());
            copy.append(same);
            if (current.isPrimary(key)) {
                copy.makePrimary(same);
            }
        }
        return copy;
    }

    /** A key that stays is the same object as before, so that what was derived from it lasts. */
    private void publish(RootKeys keys, long since, long usable) {
        keys.replace(view.keys);
        view = new View(keys, since, usable);
    }

    /**
     * Gives the primary key's sealing key.
     *
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} if these keys have been closed, or have had their time
     * @throws IllegalArgumentException if the purpose has unpaired surrogates
     */
    @Override
    public SealingKey exportKey(String purpose) throws GSSException {
        // Again, if the key was dropped between the look and its use.
        while (true) {
            Optional<SealingKey> key = current().keys.primary().flatMap(primary -> primary.sealingKey(purpose));
            if (key.isPresent()) {
                return key.get();
            }
        }
    }

    @Override
    public Optional<SealingKey> importKey(PublicId id, String purpose) throws GSSException {
        return current().keys.find(id, purpose);
    }

    private View current() throws GSSException {
        View current = view;
        if (current.left(nanoTime.getAsLong()) > 0) {
            return current;
        }
        synchronized (this) {
            if (closed) {
                throw TransferFault.KEYS_UNUSABLE.exception("the inherited keys have been closed");
            }
            // Unless they have been given again since.
            if (view.keys == current.keys) {
                end();
            }
        }
        throw TransferFault.KEYS_UNUSABLE.exception(
                "the inherited keys have had the time that the parent gave them: let it give them again");
    }

    /**
     * Names where the keys come from.
     *
     * @return {@code inherited keys of this process tree}
     */
    @Override
    public String describe() {
        return "inherited keys of this process tree";
    }

    /** Erases the keys of this process; those it gave them to keep theirs. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        closed = true;
        end();
    }
}
