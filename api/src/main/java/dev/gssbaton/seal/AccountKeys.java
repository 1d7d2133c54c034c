package dev.gssbaton.seal;

import dev.gssbaton.account.AccountDirectory;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.ietf.jgss.GSSException;

/**
 * The keys of an account: any process of the account on this host may import what another one exported.
 *
 * <p>They stand in the file {@code keys} with mode 0600 in a directory with mode 0700, made on first use. A file or
 * directory with looser permissions, of another owner, or behind a symbolic link is refused. The lines of the file are
 * described in {@code docs/token-format.md}. Linux only.
 *
 * <p><strong>Rotation.</strong> {@link #add} makes a key that is accepted from then on, {@link #makePrimary} lets it seal
 * once every process has seen it, which takes about a second, and {@link #drop} removes the old one after the longest
 * lifetime of a token. Processes notice by themselves: the file is looked at about once a second while it is used, and
 * a few times a second while tokens name keys that are not held.
 *
 * <p>Safe for use by several threads.
 */
public final class AccountKeys implements KeySource, AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration LOOK_FOR_UNKNOWN_EVERY = Duration.ofMillis(250);

    private final KeyFile file;
    private final SecureRandom random;
    private final Clock clock;

    private final ReentrantLock looking = new ReentrantLock();
    private volatile View view;

    /**
     * What was seen at the last look.
     *
     * @param lookedAt in milliseconds of the clock
     * @param keys what the file held; none if there was no file, or it could not be used
     * @param problem why it could not be used, or null
     */
    private record View(long lookedAt, RootKeys keys, IOException problem) {
        /** A clock that was set back makes it old. */
        boolean isYoungerThan(Duration age, long now) {
            return now >= lookedAt && now - lookedAt < age.toMillis();
        }
    }

    private AccountKeys(AccountDirectory directory) {
        this(directory, new SecureRandom(), Clock.systemUTC());
    }

    AccountKeys(AccountDirectory directory, SecureRandom random, Clock clock) {
        this.file = new KeyFile(directory);
        this.random = random;
        this.clock = clock;
    }

    /**
     * Gives the keys of this account: in the directory that the system property {@code baton.home} names, else the
     * environment's {@code BATON_HOME}, else in {@code ~/.baton}. Nothing is looked at or made before it is used.
     *
     * @return keys that the caller closes
     */
    public static AccountKeys ofUser() {
        return new AccountKeys(AccountDirectory.ofUser());
    }

    /**
     * Gives the keys in a directory, which is made on first use if its parent is there. Nothing is looked at before.
     *
     * @param directory the directory
     * @return keys that the caller closes
     */
    public static AccountKeys in(Path directory) {
        return new AccountKeys(AccountDirectory.at(directory));
    }

    /**
     * Gives the primary key's sealing key. Makes the file if there is none.
     *
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE}, saying what to do
     * @throws IllegalArgumentException if the purpose has unpaired surrogates
     */
    @Override
    public SealingKey exportKey(String purpose) throws GSSException {
        // Looks again, if there was no file yet, or the key was dropped between the look and its use.
        for (Duration age = LOOK_EVERY; ; age = Duration.ZERO) {
            Optional<RootKey> primary = usable(look(age)).primary();
            Optional<SealingKey> key = primary.flatMap(found -> found.sealingKey(purpose));
            if (key.isPresent()) {
                return key.get();
            }
            if (primary.isEmpty()) {
                update(this::addFirst);
            }
        }
    }

    @Override
    public Optional<SealingKey> importKey(PublicId id, String purpose) throws GSSException {
        Optional<SealingKey> held = usable(look(LOOK_EVERY)).find(id, purpose);
        return held.isPresent() ? held : usable(look(LOOK_FOR_UNKNOWN_EVERY)).find(id, purpose);
    }

    /**
     * Finds the key of the file behind the identifier in a token's header.
     *
     * @param headerKeyId the identifier in the header
     * @param purpose the application's purpose
     * @return the identifier in the file; empty if it is none of this account's keys, or of another purpose
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE}, saying what to do
     */
    public Optional<PublicId> fileIdOf(PublicId headerKeyId, String purpose) throws GSSException {
        return usable(look(LOOK_FOR_UNKNOWN_EVERY)).all().stream()
                .map(RootKey::id)
                .filter(id -> RootKey.headerId(id, purpose).equals(headerKeyId))
                .findAny();
    }

    /**
     * Lists the keys.
     *
     * @return the keys without their octets, in the order in which they were made; none if nothing has been made yet
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE}, saying what to do
     */
    public List<Entry> list() throws GSSException {
        RootKeys keys = usable(look(Duration.ZERO));
        return keys.all().stream()
                .map(key -> new Entry(key.id(), key.created(), keys.isPrimary(key)))
                .toList();
    }

    /**
     * Adds a key, which is accepted from now on, and seals nothing before {@link #makePrimary} unless it is the first.
     *
     * @return the new key, without its octets
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE}, saying what to do
     * @throws IllegalStateException if there are too many keys
     */
    public Entry add() throws GSSException {
        Entry[] added = new Entry[1];
        update(keys -> {
            boolean first = keys.primary().isEmpty();
            RootKey key = append(keys);
            added[0] = new Entry(key.id(), key.created(), first);
            return true;
        });
        return added[0];
    }

    /**
     * Makes a key the one that seals new tokens. The former one stays accepted.
     *
     * @param id the key's identifier in the file
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE}, saying what to do
     * @throws IllegalArgumentException if there is no such key
     */
    public void makePrimary(PublicId id) throws GSSException {
        update(found -> {
            found.makePrimary(known(found, id));
            return true;
        });
    }

    /**
     * Drops a key: tokens that it sealed are not accepted any more.
     *
     * @param id the key's identifier in the file
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE}, saying what to do
     * @throws IllegalArgumentException if there is no such key
     * @throws IllegalStateException if it is the primary one, and so also if it is the last
     */
    public void drop(PublicId id) throws GSSException {
        update(found -> {
            RootKey dropped = known(found, id);
            if (found.isPrimary(dropped)) {
                throw new IllegalStateException(
                        "key " + id + " seals new tokens: make another one the primary key before it is dropped");
            }
            found.drop(dropped);
            return true;
        });
    }

    private RootKey known(RootKeys keys, PublicId id) {
        return keys.find(id)
                .orElseThrow(() -> new IllegalArgumentException("there is no key " + id + " in " + file.directory()));
    }

    /** Another process may have been first. */
    private boolean addFirst(RootKeys keys) {
        boolean first = keys.primary().isEmpty();
        if (first) {
            append(keys);
        }
        return first;
    }

    /** Draws a key, which is the primary one if there is none. */
    private RootKey append(RootKeys keys) {
        if (keys.all().size() == KeyFile.MAX_KEYS) {
            throw new IllegalStateException(
                    "there are " + KeyFile.MAX_KEYS + " keys: drop one before another is added");
        }
        byte[] octets = new byte[RootKeys.KEY_SIZE];
        random.nextBytes(octets);
        Instant created = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        RootKey key = new RootKey(PublicId.draw(random), created, SecretBytes.take(octets));
        keys.append(key);
        if (keys.primary().isEmpty()) {
            keys.makePrimary(key);
        }
        return key;
    }

    /**
     * Names the account and its directory.
     *
     * @return for instance {@code account keys of 'alice' in /home/alice/.baton}
     */
    @Override
    public String describe() {
        return "account keys of '" + System.getProperty("user.name") + "' in " + file.directory();
    }

    /** Erases all keys in memory. The file stays. Whoever uses this object again has the file read again. */
    @Override
    public void close() {
        looking.lock();
        try {
            publish(new RootKeys(), null);
            view = null;
        } finally {
            looking.unlock();
        }
    }

    /**
     * Gives what was seen at a look that is younger than so much. While another thread looks, twice that will do; what is older
     * is waited for, or a key that was dropped meanwhile would seal.
     */
    private View look(Duration age) {
        View seen = view;
        if (seen != null && seen.isYoungerThan(age, clock.millis())) {
            return seen;
        }
        if (seen == null || !seen.isYoungerThan(age.multipliedBy(2), clock.millis())) {
            looking.lock();
        } else if (!looking.tryLock()) {
            return seen;
        }
        try {
            seen = view;
            return seen != null && seen.isYoungerThan(age, clock.millis()) ? seen : lookNow();
        } finally {
            looking.unlock();
        }
    }

    /** Reads the file each time, since neither its times nor its number on the device tell reliably that it changed. */
    private View lookNow() {
        try {
            return publish(file.read(), null);
        } catch (NoSuchFileException e) {
            return publish(new RootKeys(), null);
        } catch (IOException e) {
            return publish(new RootKeys(), e);
        }
    }

    private View publish(RootKeys keys, IOException problem) {
        View before = view;
        if (before != null) {
            keys.replace(before.keys());
        }
        View now = new View(clock.millis(), keys, problem);
        view = now;
        return now;
    }

    private void update(KeyFile.Change change) throws GSSException {
        looking.lock();
        try {
            file.update(change);
            lookNow();
        } catch (IOException e) {
            throw unusable(e);
        } finally {
            looking.unlock();
        }
    }

    private static RootKeys usable(View view) throws GSSException {
        if (view.problem() != null) {
            throw unusable(view.problem());
        }
        return view.keys();
    }

    private static GSSException unusable(IOException problem) {
        return TransferFault.KEYS_UNUSABLE.exception(AccountDirectory.explain(problem), problem);
    }

    /**
     * A key of the file, without its octets.
     *
     * @param id its random identifier, which is not the one in a token's header
     * @param created when it was made, to the second
     * @param primary whether it seals new tokens
     */
    public record Entry(PublicId id, Instant created, boolean primary) {}
}
