package dev.gssbaton.claim;

import dev.gssbaton.account.AccountDirectory;
import dev.gssbaton.account.SharedDirectory;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.ietf.jgss.GSSException;

/**
 * Claims that all processes of an account on this host see, as long as its kernel runs. A token exported with such a store
 * can be imported by them, and after a restart of the host by nobody.
 *
 * <p>One record for each claim stands in a directory of mode 0700 that belongs to the account, and is made on first use;
 * another owner, looser permissions or a symbolic link in its place are refused. For {@linkplain #shared several accounts}
 * root makes one. The records of a store are to be left
 * alone: if they are removed by hand, another store takes their place, and tokens on their way are refused. What has had
 * its time is swept by the way, and what earlier boots left a day later. However the clock is set, nothing that was swept can be
 * taken again in its time. Containers share a store if they run on one
 * kernel and see one directory; over a network file system each host has a store of its own. Linux only.
 *
 * <p>Safe for use by several threads and processes.
 */
public final class HostClaims implements ClaimStore {
    private static final System.Logger LOG = System.getLogger("dev.gssbaton");
    private static final Path BOOT_ID_FILE = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration TELL_EVERY = Duration.ofHours(1);

    private final String name;
    private final Place place;
    private final Clocks clocks;
    private final ClaimSweeper sweeper;

    private final ReentrantLock looking = new ReentrantLock();
    private volatile View view;
    /** When it was said last that the floor is ahead of the clock, by the machine's. */
    private volatile long told = Long.MIN_VALUE;

    /**
     * What was seen at the last look.
     *
     * @param lookedAt in milliseconds of the machine's clock
     * @param store the store of this boot, or null
     * @param problem why there is none, or null
     */
    private record View(long lookedAt, HostStore store, IOException problem) {
        boolean isYoung(long now) {
            return isYoungerThan(LOOK_EVERY, now);
        }

        boolean isYoungerThan(Duration age, long now) {
            return now - lookedAt < age.toMillis();
        }
    }

    /** Where the store is. */
    private interface Place {
        HostStore open(HostStore before) throws IOException;
    }

    private HostClaims(AccountDirectory root) {
        this(root, BOOT_ID_FILE, new SecureRandom(), Clocks.ofSystem());
    }

    HostClaims(AccountDirectory root, Path bootIdFile, SecureRandom random, Clocks clocks) {
        this(root.toString(), before -> HostStore.open(root, bootIdFile, random, clocks), clocks);
    }

    HostClaims(SharedDirectory root, Path bootIdFile, Clocks clocks) {
        this(root.toString(), before -> HostStore.openShared(root, bootIdFile, clocks, before), clocks);
    }

    private HostClaims(String name, Place place, Clocks clocks) {
        this.name = name;
        this.place = place;
        this.clocks = clocks;
        this.sweeper = new ClaimSweeper(clocks);
    }

    /**
     * Gives the store of this account: {@code claims} in the directory that the system property {@code baton.home} names,
     * else the environment's {@code BATON_HOME}, else in {@code ~/.baton}. Nothing is looked at or made before it is used.
     *
     * @return the store
     */
    public static HostClaims ofUser() {
        return new HostClaims(AccountDirectory.ofUser().child("claims"));
    }

    /**
     * Gives the store in a directory, which is made on first use if its parent is there. Nothing is looked at before.
     *
     * @param directory the directory
     * @return the store
     */
    public static HostClaims in(Path directory) {
        return new HostClaims(AccountDirectory.at(directory));
    }

    /**
     * Gives the store in a directory that the accounts of a group share, so that a context can go from one account to
     * another. It is never made here: root makes it, and everything in it but the records, and for each account a lock file and
     * a link that says until when its records have been swept.
     * It and its directories belong to root and have mode 1770, so that all of the group record and read claims, and nobody
     * removes another's; their group is one of this process. Nobody but root can write to the directories above it.
     * Anything else is refused, with the commands that make it. Each account sweeps its own records.
     *
     * <p>A member of the group can hinder the others: record what it never imports, fill the disk, or write that its records have
     * been swept until a distant time, so that all is past, until root removes that link. It cannot give a
     * token away twice, unless it holds the key that the token is sealed with, and then it needs no claim for that.
     *
     * @param directory the directory, in whose path are no symbolic links
     * @return the store
     */
    public static HostClaims shared(Path directory) {
        return new HostClaims(SharedDirectory.at(directory), BOOT_ID_FILE, Clocks.ofSystem());
    }

    /**
     * Gives the store's identity. It changes if the store is removed, and another one made in its place: whoever won a
     * claim compares it with the identity from before.
     *
     * @throws GSSException {@link TransferFault#CLAIMS_UNUSABLE}, saying what to do
     */
    @Override
    public PublicId id() throws GSSException {
        return store().id();
    }

    @Override
    public String scope() {
        return "this host";
    }

    /**
     * Reads the system's clock, but gives no time before that until which the store has forgotten: so that what was taken
     * and swept is past for whoever takes it again, also after the clock was set back.
     *
     * @throws GSSException {@link TransferFault#CLAIMS_UNUSABLE}, saying what to do
     */
    @Override
    public Instant now() throws GSSException {
        HostStore.Floor floor = store().floor();
        Instant now = clocks.wall().instant();
        if (now.toEpochMilli() >= floor.millis()) {
            return now;
        }
        Instant forgotten = Instant.ofEpochMilli(floor.millis());
        long machine = clocks.machineMillis();
        if (told == Long.MIN_VALUE || machine - told > TELL_EVERY.toMillis()) {
            told = machine;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: the clock shows {1}, and claims that ended before {2} are forgotten ({3}): it was set back, or"
                            + " was ahead; what ends before that time is refused until it has come",
                    this,
                    now,
                    forgotten,
                    floor.link());
        }
        return forgotten;
    }

    /**
     * Says since when the store has remembered. Where the clock has been set forward since then, that time is as much later.
     *
     * @throws GSSException {@link TransferFault#CLAIMS_UNUSABLE}, saying what to do
     */
    @Override
    public Instant since() throws GSSException {
        return store().since(clocks.read());
    }

    @Override
    public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
        HostStore store = store();
        ClaimOutcome outcome = store.claim(id, claimant, clocks.read().until(keepUntil));
        sweeper.sweepSome(store);
        return outcome;
    }

    private HostStore store() throws GSSException {
        View seen = view;
        if (seen == null || !seen.isYoung(clocks.machineMillis())) {
            seen = look(seen);
        }
        if (seen.problem != null) {
            throw TransferFault.CLAIMS_UNUSABLE.exception(AccountDirectory.explain(seen.problem), seen.problem);
        }
        return seen.store;
    }

    /** Looks whether the store is still there, and the same; while another thread does, gives what was seen a moment ago. */
    private View look(View before) {
        if (before == null || !before.isYoungerThan(LOOK_EVERY.multipliedBy(2), clocks.machineMillis())) {
            looking.lock();
        } else if (!looking.tryLock()) {
            return before;
        }
        try {
            View seen = view;
            if (seen == null || !seen.isYoung(clocks.machineMillis())) {
                seen = lookNow();
                view = seen;
            }
            return seen;
        } finally {
            looking.unlock();
        }
    }

    private View lookNow() {
        try {
            return new View(clocks.machineMillis(), place.open(view == null ? null : view.store), null);
        } catch (IOException e) {
            return new View(clocks.machineMillis(), null, e);
        }
    }

    /**
     * Names the directory.
     *
     * @return a text for messages
     */
    @Override
    public String toString() {
        return "HostClaims[" + name + "]";
    }
}
