package dev.gssbaton.claim.zookeeper;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.imps.CuratorFrameworkState;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;
import org.ietf.jgss.GSSException;

/**
 * Claims that all processes see which use one path of one ZooKeeper ensemble, on whatever hosts.
 *
 * <p>A claim is a persistent node with the claimant's nonce in it, which a majority of the ensemble has written before the
 * claim is answered. It is made in one transaction with a look at the store's floor, the time until which the store may have
 * forgotten. When the connection breaks before the answer, the node is read through the leader: it has the own nonce,
 * then the claim was won; another's, then it was lost; and if there is none the claim is made again. What
 * cannot be settled within the time limit, because no majority can be reached, is
 * {@link TransferFault#CLAIM_UNKNOWN}: it may be won all the same, and whoever asks again as the same claimant is told.
 *
 * <p>The nodes are made on first use, with access control lists that say who may claim and who may forget. Lists that are
 * otherwise are refused. One process at a time, whose identity may, sweeps what has had its time. To make a store forget,
 * remove the node whose name begins with {@code floor-} first, then {@code store}: another store takes its place, and tokens on
 * their way are refused. The same is to be done after an ensemble was set back to an older state, which cannot be seen.
 *
 * <p>Each call waits no longer than the time limit, and ends at once when its thread is interrupted, which stays so. Not to
 * be called from a watcher or a callback of ZooKeeper's. Safe for use by several threads and processes.
 */
public final class ZooKeeperClaims implements ClaimStore, AutoCloseable {
    /** How old what was seen of the store may be for its identity to be given. */
    private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Instant LATEST = Instant.ofEpochMilli(Long.MAX_VALUE);

    private final CuratorFramework curator;
    private final Runnable closing;
    private final Ensemble ensemble;
    private final String path;
    private final String root;
    private final Permissions permissions;
    private final Duration timeLimit;
    private final SecureRandom random;
    private final StoreClock clock;
    private final Sweeper sweeper;

    private final ReentrantLock looking = new ReentrantLock();
    private final ReentrantLock stamping = new ReentrantLock();
    private volatile View view;

    /**
     * What was seen of the store.
     *
     * @param nodes the store
     * @param floor until when it may have forgotten, in milliseconds since 1970
     * @param floorVersion the version of the floor's node
     * @param seenAt when, by {@link System#nanoTime}
     */
    private record View(StoreNodes nodes, long floor, int floorVersion, long seenAt) {}

    /**
     * Makes a store.
     *
     * @param curator the connection, started, without a namespace of its own
     * @param closing what closes it, if that is the store's business
     * @param path below which the store is
     * @param permissions who may do what
     * @param timeLimit how long a call may take
     * @param random where the identity of a new store comes from
     * @param own this process's clock
     */
    ZooKeeperClaims(
            CuratorFramework curator,
            Runnable closing,
            String path,
            Permissions permissions,
            Duration timeLimit,
            SecureRandom random,
            Clock own) {
        this.curator = curator;
        this.closing = closing;
        this.ensemble = new Ensemble(curator);
        this.path = path;
        this.root = path + "/store";
        this.permissions = permissions;
        this.timeLimit = timeLimit;
        this.random = random;
        this.clock = new StoreClock(own);
        this.sweeper = new Sweeper(curator, ensemble, clock, timeLimit, this::sweep);
    }

    /**
     * Begins the settings of a store.
     *
     * @return a new builder
     */
    public static ZooKeeperClaimsBuilder builder() {
        return new ZooKeeperClaimsBuilder();
    }

    /**
     * Gives the store's identity. It changes if the store is removed, and another one made in its place.
     *
     * @throws GSSException {@link TransferFault#CLAIMS_UNUSABLE}, saying what to do; {@link TransferFault#CLAIM_UNKNOWN} if
     *     no majority of the ensemble can be reached
     */
    @Override
    public PublicId id() throws GSSException {
        return within(this::seen).nodes().id();
    }

    /**
     * Names the hosts that share the store by the servers and the path that they share.
     *
     * @return {@code the hosts that share ZooKeeper zk1:2181,zk2:2181/baton}, for example
     */
    @Override
    public String scope() {
        return "the hosts that share ZooKeeper " + ensemble.address() + path;
    }

    /**
     * Gives the time by which the store forgets: the earlier of the leader's clock, asked for no more than a minute ago, and of this
     * process's own; but never a time before that until which the store may have forgotten, nor one before that given last.
     *
     * @throws GSSException as {@link #id}
     */
    @Override
    public Instant now() throws GSSException {
        return within(deadline -> {
            stampIfOld(known(deadline).nodes(), deadline);
            return Instant.ofEpochMilli(clock.now(System.nanoTime()));
        });
    }

    @Override
    public Instant since() throws GSSException {
        return within(this::seen).nodes().since();
    }

    @Override
    public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
        Attempt attempt = new Attempt(id, claimant, millis(keepUntil));
        try {
            return within(attempt::settle);
        } catch (GSSException e) {
            boolean unusable = e.getMinor() == TransferFault.CLAIMS_UNUSABLE.minorCode();
            throw unusable && attempt.unsettled
                    ? TransferFault.CLAIM_UNKNOWN.exception(
                            "what was sent may have been recorded: " + e.getMessage(), e)
                    : e;
        }
    }

    /** What one claimant wants, and what is known of it. For one thread. */
    private final class Attempt {
        private final ClaimId id;
        private final PublicId claimant;
        private final long keepUntil;
        /** Whether something was sent whose answer did not come, so that it may have been carried out, or will be. */
        private boolean unsettled;
        /** Whether ZooKeeper said that there is a record. */
        private boolean recorded;

        Attempt(ClaimId id, PublicId claimant, long keepUntil) {
            this.id = id;
            this.claimant = claimant;
            this.keepUntil = keepUntil;
        }

        ClaimOutcome settle(Deadline deadline) throws KeeperException, InterruptedException, GSSException {
            while (true) {
                View seen = known(deadline);
                if (recorded || unsettled) {
                    Optional<Ensemble.Node> record =
                            ensemble.readLatest(seen.nodes().record(id), deadline);
                    if (record.isPresent()) {
                        return outcome(record.get().data());
                    }
                    // Swept since, or never written. What is still on its way finds the record that is written now.
                    recorded = false;
                }
                if (keepUntil < seen.floor()) {
                    throw TransferFault.CLAIM_UNKNOWN.exception(id + " is past its time, and its record in " + root
                            + " may have been swept, which forgot what was before "
                            + Instant.ofEpochMilli(seen.floor()));
                }
                try {
                    write(seen, deadline);
                    return ClaimOutcome.WON;
                } catch (KeeperException.NodeExistsException e) {
                    recorded = true;
                } catch (KeeperException.BadVersionException e) {
                    look(seen, deadline);
                }
                if (deadline.nanosLeft() <= 0) {
                    throw new KeeperException.OperationTimeoutException();
                }
            }
        }

        private ClaimOutcome outcome(byte[] record) throws GSSException {
            if (record.length != StoreNodes.RECORD_SIZE) {
                throw TransferFault.CLAIM_UNKNOWN.exception("the record of " + id + " in " + root + " is damaged");
            }
            return PublicId.of(record).equals(claimant) ? ClaimOutcome.WON : ClaimOutcome.LOST;
        }

        /**
         * Writes the record, if there is none and nothing was swept since the store was seen. So a claim that was won, was won
         * above the floor that is known here; and it was won in this store, whose name the floor has.
         */
        private void write(View seen, Deadline deadline) throws KeeperException, InterruptedException {
            List<Op> changes = List.of(
                    Op.check(seen.nodes().floor(), seen.floorVersion()),
                    Op.create(
                            seen.nodes().record(id),
                            StoreNodes.encodeRecord(claimant, keepUntil),
                            permissions.record(),
                            CreateMode.PERSISTENT));
            boolean before = unsettled;
            unsettled = true;
            try {
                ensemble.change(changes, deadline);
            } catch (KeeperException e) {
                // A session that fails to authenticate later ends what it had sent before in the same way.
                if (isAnswer(e.code()) && e.code() != Code.AUTHFAILED) {
                    unsettled = before;
                }
                throw e;
            }
        }
    }

    /** Something that is tried until a deadline, while no answer comes. */
    @FunctionalInterface
    private interface Step<T> {
        T take(Deadline deadline) throws KeeperException, InterruptedException, GSSException;
    }

    private <T> T within(Step<T> step) throws GSSException {
        Deadline deadline = Deadline.in(timeLimit);
        for (int attempt = 0; ; attempt++) {
            if (curator.getState() != CuratorFrameworkState.STARTED) {
                throw TransferFault.CLAIMS_UNUSABLE.exception(
                        "the connection to ZooKeeper " + ensemble.address() + " is closed, or was never started");
            }
            try {
                try {
                    return step.take(deadline);
                } catch (KeeperException e) {
                    if (isAnswer(e.code()) || deadline.nanosLeft() <= 0) {
                        throw refusal(e);
                    }
                }
                Ensemble.pause(attempt, deadline);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw TransferFault.CLAIM_UNKNOWN.exception("interrupted while ZooKeeper was asked", e);
            }
        }
    }

    /** Tells whether a code is ZooKeeper's word that nothing is changed, however often it is asked. Anything else is taken for no answer. */
    private static boolean isAnswer(Code code) {
        return switch (code) {
            case NODEEXISTS, BADVERSION, NONODE, NOAUTH, INVALIDACL, AUTHFAILED, QUOTAEXCEEDED -> true;
            default -> false;
        };
    }

    private GSSException refusal(KeeperException e) {
        String where = root + " at ZooKeeper " + ensemble.address();
        return switch (e.code()) {
            case NONODE -> {
                view = null;
                yield TransferFault.CLAIMS_UNUSABLE.exception(
                        where
                                + " was removed while it was in use, in whole or in part, and with it what it knew: remove"
                                + " the rest, and a new token can be claimed in a new store",
                        e);
            }
            case NOAUTH, AUTHFAILED ->
                TransferFault.CLAIMS_UNUSABLE.exception(
                        where + " does not let this process in: give it the credentials of one of the claimants ("
                                + e.getMessage() + ")",
                        e);
            case INVALIDACL ->
                TransferFault.CLAIMS_UNUSABLE.exception(
                        where + " takes one of the claimants or sweepers for no identity: name each as scheme:id, of a"
                                + " scheme that the servers know",
                        e);
            case QUOTAEXCEEDED ->
                TransferFault.CLAIMS_UNUSABLE.exception(where + " has used up its quota: raise it", e);
            default ->
                TransferFault.CLAIM_UNKNOWN.exception(
                        where + " did not answer within " + timeLimit + " (" + e.code()
                                + "): is a majority of its servers up?",
                        e);
        };
    }

    /** Gives what was seen of the store a moment ago, or looks; while another thread does, what was seen just before. */
    private View seen(Deadline deadline) throws KeeperException, InterruptedException, GSSException {
        View last = view;
        if (last != null) {
            long age = System.nanoTime() - last.seenAt();
            // Not for longer, so that nothing is exported while no majority can be reached.
            if (age < LOOK_EVERY_NANOS || (age < 2 * LOOK_EVERY_NANOS && looking.isLocked())) {
                return last;
            }
        }
        return look(last, deadline);
    }

    /** Gives what was seen of the store, however long ago. */
    private View known(Deadline deadline) throws KeeperException, InterruptedException, GSSException {
        View last = view;
        return last == null ? look(null, deadline) : last;
    }

    /** Looks at the store, unless another thread has since something was seen. */
    private View look(View before, Deadline deadline) throws KeeperException, InterruptedException, GSSException {
        lock(looking, deadline);
        try {
            View last = view;
            if (last == null || last.equals(before)) {
                last = lookNow(deadline);
                // First, so that whoever wins above this floor is not told a time before it.
                clock.raise(last.floor());
                view = last;
            }
            return last;
        } finally {
            looking.unlock();
        }
    }

    private View lookNow(Deadline deadline) throws KeeperException, InterruptedException, GSSException {
        Optional<Ensemble.Node> node = ensemble.readLatest(root, deadline);
        if (node.isEmpty()) {
            make(deadline);
            node = ensemble.readLatest(root, deadline);
        }
        Optional<StoreNodes> nodes = node.flatMap(there -> StoreNodes.decode(root, there));
        if (nodes.isEmpty()) {
            throw TransferFault.CLAIMS_UNUSABLE.exception(root + " at ZooKeeper " + ensemble.address()
                    + " is no store of this version: use another path, or remove it");
        }
        StoreNodes store = nodes.get();
        Optional<Ensemble.Node> floor = ensemble.readLatest(store.floor(), deadline);
        if (floor.isEmpty() || floor.get().data().length != Long.BYTES) {
            throw TransferFault.CLAIMS_UNUSABLE.exception(root + " at ZooKeeper " + ensemble.address()
                    + " has no floor: a part of it was removed; remove the rest, and another store takes its place");
        }
        long millis = StoreNodes.decodeFloor(floor.get().data());
        int version = floor.get().stat().getVersion();
        View last = view;
        if (last == null || !last.nodes().equals(store)) {
            requirePermissions(store, deadline);
            sweeper.start();
        } else if (version < last.floorVersion()) {
            // A server that lags: claims may have been won above the floor that is known.
            millis = last.floor();
            version = last.floorVersion();
        }
        return new View(store, millis, version, System.nanoTime());
    }

    private void make(Deadline deadline) throws KeeperException, InterruptedException, GSSException {
        try {
            for (int end = path.indexOf('/', 1); ; end = path.indexOf('/', end + 1)) {
                String above = end < 0 ? path : path.substring(0, end);
                if (ensemble.read(above, deadline).isEmpty()) {
                    makeUnlessThere(
                            List.of(Op.create(above, new byte[0], permissions.directory(), CreateMode.PERSISTENT)),
                            deadline);
                }
                if (end < 0) {
                    break;
                }
            }
            makeUnlessThere(StoreNodes.making(root, PublicId.draw(random), permissions), deadline);
        } catch (KeeperException.NoNodeException e) {
            throw TransferFault.CLAIMS_UNUSABLE.exception(
                    "nothing can be made below " + path + " at ZooKeeper " + ensemble.address()
                            + ": the path in the connect string must be there",
                    e);
        }
    }

    /** Makes nodes; if the first is there, another process was faster, and made the others with it. */
    private void makeUnlessThere(List<Op> making, Deadline deadline) throws KeeperException, InterruptedException {
        try {
            ensemble.change(making, deadline);
        } catch (KeeperException.NodeExistsException e) {
            // As good as made.
        }
    }

    private void requirePermissions(StoreNodes store, Deadline deadline)
            throws KeeperException, InterruptedException, GSSException {
        List<String> paths = new ArrayList<>(List.of(store.root(), store.floor(), store.clock(), store.sweeper()));
        List<List<ACL>> expected = new ArrayList<>(
                List.of(permissions.directory(), permissions.floor(), permissions.clock(), permissions.sweeper()));
        for (String bucket : store.buckets()) {
            paths.add(bucket);
            expected.add(permissions.directory());
        }
        List<Optional<List<ACL>>> found = ensemble.readAcls(paths, deadline);
        for (int i = 0; i < paths.size(); i++) {
            List<ACL> acl = found.get(i).orElseThrow(KeeperException.NoNodeException::new);
            if (!Permissions.agree(acl, expected.get(i))) {
                throw TransferFault.CLAIMS_UNUSABLE.exception(paths.get(i) + " at ZooKeeper " + ensemble.address()
                        + " has the access control list " + Permissions.text(acl) + ", and not "
                        + Permissions.text(expected.get(i))
                        + ": name the same claimants and sweepers in all processes, and if"
                        + " they have changed, remove the store or use another path");
            }
        }
    }

    private void stampIfOld(StoreNodes store, Deadline deadline) throws KeeperException, InterruptedException {
        if (!clock.isKnown(System.nanoTime())) {
            lock(stamping, deadline);
            try {
                if (!clock.isKnown(System.nanoTime())) {
                    stamp(store, deadline);
                }
            } finally {
                stamping.unlock();
            }
        }
    }

    /** Asks for the leader's time, and gives it, in milliseconds since 1970. */
    private long stamp(StoreNodes store, Deadline deadline) throws KeeperException, InterruptedException {
        long sent = System.nanoTime();
        long mtime = ensemble.write(store.clock(), new byte[0], deadline).getMtime();
        clock.stamp(mtime, sent, System.nanoTime());
        return mtime;
    }

    private static void lock(ReentrantLock lock, Deadline deadline) throws KeeperException, InterruptedException {
        if (!lock.tryLock(Math.max(0, deadline.nanosLeft()), TimeUnit.NANOSECONDS)) {
            throw new KeeperException.OperationTimeoutException();
        }
    }

    /** Gives the milliseconds since 1970, rounded up; the greatest number for what is later than all of them. */
    private static long millis(Instant keepUntil) {
        return keepUntil.isBefore(LATEST) ? keepUntil.plusNanos(999_999).toEpochMilli() : Long.MAX_VALUE;
    }

    /**
     * Sweeps what has had its time, if this process may, no other process is at it, and none was within a pause.
     *
     * @return how many records were removed
     * @throws Exception whatever kept it from that
     */
    int sweep(Duration pause) throws Exception {
        Deadline deadline = Deadline.in(timeLimit);
        StoreNodes store = look(view, deadline).nodes();
        return sweeper.sweep(store, stamp(store, deadline), pause);
    }

    /**
     * Ends the sweeping, and closes the connection if it was made here; one that was given stays the application's. Calls that
     * wait for an answer are told that it is unknown, later ones that the store is closed. Harmless when repeated.
     */
    @Override
    public void close() {
        sweeper.close();
        closing.run();
    }

    /**
     * Names the servers and the path.
     *
     * @return a text for messages
     */
    @Override
    public String toString() {
        return "ZooKeeperClaims[" + ensemble.address() + path + "]";
    }
}
