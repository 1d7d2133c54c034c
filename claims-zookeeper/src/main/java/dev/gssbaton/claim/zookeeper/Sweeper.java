package dev.gssbaton.claim.zookeeper;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;

/**
 * Removes records that have had their time, in a thread of its own, ten minutes after the last sweep by whatever process.
 *
 * <p>A lock sees to it that one process sweeps at a time. Nothing depends on it: locks of a distributed system end with their
 * session, and who held one may not have noticed. What is depended on is the <em>floor</em>. A sweep begins by raising it to
 * the time by which it sweeps, and removes only in transactions that look whether the floor is still that of this sweep:
 *
 * <ul>
 *   <li>a sweeper that paused, and whose place another took, removes nothing any more, so that it never removes a record
 *       that was made after it looked;
 *   <li>a claim, which is made in a transaction with a look at the floor, either was before the sweep and found the record,
 *       or its claimant knows the new floor. Then {@link ZooKeeperClaims#now} is not before the floor, which is later than
 *       the time of every record that was removed, whatever any clock shows.
 * </ul>
 *
 * <p>Where the identity of this process may not sweep, it does not. Safe for use by several threads.
 */
final class Sweeper implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.gssbaton");

    /** From one sweep to the next. */
    static final Duration PAUSE = Duration.ofMinutes(10);
    /** How many records are looked at, or removed, with one wait. */
    private static final int AT_ONCE = 100;

    private final CuratorFramework curator;
    private final Ensemble ensemble;
    private final StoreClock clock;
    private final Duration timeLimit;
    private final Task task;
    private Thread thread;
    private boolean closed;

    /** A sweep, unless there was one within a pause. */
    @FunctionalInterface
    interface Task {
        int sweep(Duration pause) throws Exception;
    }

    Sweeper(CuratorFramework curator, Ensemble ensemble, StoreClock clock, Duration timeLimit, Task task) {
        this.curator = curator;
        this.ensemble = ensemble;
        this.clock = clock;
        this.timeLimit = timeLimit;
        this.task = task;
    }

    /** Starts the thread, if it has not been. */
    synchronized void start() {
        if (thread == null && !closed) {
            thread = new Thread(this::sweepAgainAndAgain, "baton-claims-sweeper");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void sweepAgainAndAgain() {
        try {
            // At a random time, so that processes which end soon sweep too.
            Thread.sleep(ThreadLocalRandom.current().nextLong(PAUSE.toMillis()));
            while (true) {
                sweepQuietly();
                Thread.sleep(PAUSE.toMillis());
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void sweepQuietly() throws InterruptedException {
        try {
            task.sweep(PAUSE);
        } catch (KeeperException.NoAuthException e) {
            LOG.log(System.Logger.Level.DEBUG, "claims are not swept by this process: {0}", e.getMessage());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            // Another sweep, or another process, tries again.
            LOG.log(System.Logger.Level.DEBUG, "claims were not swept: {0}", e.toString());
        }
    }

    /**
     * Sweeps the whole store, unless somebody else is at it, or was within a pause.
     *
     * @param store the store
     * @param leaderMillis what the leader's clock showed a moment ago
     * @param pause the pause
     * @return how many records were removed
     */
    int sweep(StoreNodes store, long leaderMillis, Duration pause) throws Exception {
        InterProcessMutex lock = new InterProcessMutex(curator.usingNamespace(null), store.sweeper());
        if (!lock.acquire(0, TimeUnit.MILLISECONDS)) {
            return 0;
        }
        try {
            Ensemble.Node floor = ensemble.readLatest(store.floor(), deadline())
                    .orElseThrow(() -> new KeeperException.NoNodeException(store.floor()));
            long sinceLast = leaderMillis - floor.stat().getMtime();
            // A leader that was ahead may have stamped a time that is still to come.
            if (sinceLast >= 0 && sinceLast < pause.toMillis()) {
                return 0;
            }
            long until = Math.max(StoreNodes.decodeFloor(floor.data()), clock.earlier(System.nanoTime()));
            int version = ensemble.write(
                            store.floor(),
                            StoreNodes.encodeFloor(until),
                            floor.stat().getVersion(),
                            deadline())
                    .getVersion();
            Op fence = Op.check(store.floor(), version);
            List<String> buckets = new ArrayList<>(store.buckets());
            Collections.shuffle(buckets, ThreadLocalRandom.current());
            int removed = 0;
            for (String bucket : buckets) {
                removed += sweep(bucket, until, fence);
            }
            return removed;
        } finally {
            lock.release();
        }
    }

    private int sweep(String bucket, long until, Op fence) throws KeeperException, InterruptedException {
        List<String> names = ensemble.children(bucket, deadline());
        int removed = 0;
        for (int from = 0; from < names.size(); from += AT_ONCE) {
            List<String> records = names.subList(from, Math.min(from + AT_ONCE, names.size())).stream()
                    .map(name -> bucket + "/" + name)
                    .toList();
            List<Optional<Ensemble.Node>> nodes = ensemble.readAll(records, deadline());
            List<Op> changes = new ArrayList<>(List.of(fence));
            for (int i = 0; i < records.size(); i++) {
                if (nodes.get(i).filter(node -> isPast(node, until)).isPresent()) {
                    changes.add(Op.delete(records.get(i), -1));
                }
            }
            if (changes.size() > 1) {
                ensemble.change(changes, deadline());
                removed += changes.size() - 1;
            }
        }
        return removed;
    }

    /**
     * What is damaged tells nobody when its time is, and stays. So does what has nodes below it, which no claim makes, and which
     * could not be removed: a claimant that makes such nodes keeps nothing else from being swept.
     */
    private static boolean isPast(Ensemble.Node record, long until) {
        return record.data().length == StoreNodes.RECORD_SIZE
                && record.stat().getNumChildren() == 0
                && StoreNodes.keepUntil(record.data()) < until;
    }

    private Deadline deadline() {
        return Deadline.in(timeLimit);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
