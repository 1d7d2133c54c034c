package dev.gssbaton.claim.zookeeper;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/**
 * Asks the ensemble: each request is sent once, and its answer waited for until a deadline.
 *
 * <p>Curator keeps the session, and makes another when one has expired. Its own calls are not used, since they repeat a request
 * as the client's retry policy says, which may be for ever, and do not tell that they did. A request whose answer did not
 * come is reported as {@link KeeperException.ConnectionLossException}, {@link KeeperException.OperationTimeoutException} or
 * the like, and may be carried out all the same, even later. Safe for use by several threads; not from a thread in which
 * ZooKeeper delivers its answers, which would wait for itself.
 */
final class Ensemble {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final CuratorFramework curator;

    Ensemble(CuratorFramework curator) {
        this.curator = curator;
    }

    /** What a node holds. */
    static final class Node {
        private final byte[] data;
        private final Stat stat;

        private Node(byte[] data, Stat stat) {
            // ZooKeeper has null for a node that was made without data.
            this.data = data == null ? new byte[0] : data;
            this.stat = stat;
        }

        /** Gives its octets, which are nobody else's. */
        byte[] data() {
            return data;
        }

        /** Gives what ZooKeeper tells of it. */
        Stat stat() {
            return stat;
        }
    }

    /** Sends one request. */
    @FunctionalInterface
    private interface Request<T> {
        void send(ZooKeeper zooKeeper, CompletableFuture<T> answer);
    }

    /** Reads a node as the server has it that this session is with; empty if it is not there. */
    Optional<Node> read(String path, Deadline deadline) throws KeeperException, InterruptedException {
        return ask(deadline, (zooKeeper, answer) -> sendRead(zooKeeper, path, answer));
    }

    /** Reads a node as the ensemble has it: whatever was written before this call is seen. */
    Optional<Node> readLatest(String path, Deadline deadline) throws KeeperException, InterruptedException {
        return ask(deadline, (zooKeeper, answer) -> {
            // Requests of one session are carried out in their order, so nothing is waited for in between.
            zooKeeper.sync(
                    path,
                    (rc, of, context) -> {
                        if (rc != Code.OK.intValue()) {
                            answer.completeExceptionally(KeeperException.create(Code.get(rc), of));
                        }
                    },
                    null);
            sendRead(zooKeeper, path, answer);
        });
    }

    /** Reads many nodes; empty for each that is not there, or that whoever made it lets nobody here read. */
    List<Optional<Node>> readAll(List<String> paths, Deadline deadline) throws KeeperException, InterruptedException {
        return askAll(
                deadline,
                paths,
                (zooKeeper, path, answer) -> zooKeeper.getData(
                        path,
                        null,
                        (rc, of, context, data, stat) -> {
                            int code = rc == Code.NOAUTH.intValue() ? Code.NONODE.intValue() : rc;
                            finishIfThere(answer, code, of, () -> new Node(data, stat));
                        },
                        null));
    }

    /** Reads the access control lists of many nodes; empty for each that is not there. */
    List<Optional<List<ACL>>> readAcls(List<String> paths, Deadline deadline)
            throws KeeperException, InterruptedException {
        return askAll(
                deadline,
                paths,
                (zooKeeper, path, answer) -> zooKeeper.getACL(
                        path,
                        null,
                        (rc, of, context, acl, stat) -> finishIfThere(answer, rc, of, () -> List.copyOf(acl)),
                        null));
    }

    /** Names a node's children; none if it is not there. */
    List<String> children(String path, Deadline deadline) throws KeeperException, InterruptedException {
        Request<Optional<List<String>>> request = (zooKeeper, answer) -> zooKeeper.getChildren(
                path, null, (rc, of, context, names) -> finishIfThere(answer, rc, of, () -> names), null);
        return ask(deadline, request).orElse(List.of());
    }

    /** Writes a node, whatever its version, and tells what ZooKeeper tells of it then. */
    Stat write(String path, byte[] data, Deadline deadline) throws KeeperException, InterruptedException {
        return write(path, data, -1, deadline);
    }

    /** Writes a node if it has a version. */
    Stat write(String path, byte[] data, int version, Deadline deadline) throws KeeperException, InterruptedException {
        return ask(
                deadline,
                (zooKeeper, answer) -> zooKeeper.setData(
                        path, data, version, (rc, of, context, stat) -> finish(answer, rc, of, stat), null));
    }

    /** Makes several changes, or none of them. */
    void change(List<Op> changes, Deadline deadline) throws KeeperException, InterruptedException {
        Request<List<OpResult>> request = (zooKeeper, answer) -> zooKeeper.multi(
                changes, (rc, of, context, results) -> finish(answer, codeOf(rc, results), of, results), null);
        ask(deadline, request);
    }

    /** Waits a while that grows with the number of attempts, no longer than the deadline, differently for each thread. */
    static void pause(int attempt, Deadline deadline) throws InterruptedException {
        long longest = Math.min(FIRST_PAUSE_NANOS << Math.min(attempt, 10), LONGEST_PAUSE_NANOS);
        long pause = longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2);
        TimeUnit.NANOSECONDS.sleep(Math.max(0, Math.min(pause, deadline.nanosLeft())));
    }

    /** Names the servers and the path below which all paths are. */
    String address() {
        return curator.getZookeeperClient().getCurrentConnectionString();
    }

    private <T> T ask(Deadline deadline, Request<T> request) throws KeeperException, InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        request.send(zooKeeper(), answer);
        return await(answer, deadline);
    }

    /** Sends one request of several. */
    @FunctionalInterface
    private interface PathRequest<T> {
        void send(ZooKeeper zooKeeper, String path, CompletableFuture<T> answer);
    }

    private <T> List<T> askAll(Deadline deadline, List<String> paths, PathRequest<T> request)
            throws KeeperException, InterruptedException {
        ZooKeeper zooKeeper = zooKeeper();
        List<CompletableFuture<T>> answers = new ArrayList<>();
        for (String path : paths) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            request.send(zooKeeper, path, answer);
            answers.add(answer);
        }
        List<T> all = new ArrayList<>();
        for (CompletableFuture<T> answer : answers) {
            all.add(await(answer, deadline));
        }
        return all;
    }

    private ZooKeeper zooKeeper() throws KeeperException, InterruptedException {
        try {
            return curator.getZookeeperClient().getZooKeeper();
        } catch (KeeperException | InterruptedException e) {
            throw e;
        } catch (Exception e) {
            // Nothing was sent: closed meanwhile, or a server's name cannot be resolved.
            KeeperException lost = new KeeperException.ConnectionLossException();
            lost.initCause(e);
            throw lost;
        }
    }

    private static <T> T await(CompletableFuture<T> answer, Deadline deadline)
            throws KeeperException, InterruptedException {
        try {
            return answer.get(Math.max(0, deadline.nanosLeft()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            KeeperException late = new KeeperException.OperationTimeoutException();
            late.initCause(e);
            throw late;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KeeperException refusal) {
                throw refusal;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static void sendRead(ZooKeeper zooKeeper, String path, CompletableFuture<Optional<Node>> answer) {
        zooKeeper.getData(
                path,
                null,
                (rc, of, context, data, stat) -> finishIfThere(answer, rc, of, () -> new Node(data, stat)),
                null);
    }

    private static <T> void finishIfThere(
            CompletableFuture<Optional<T>> answer, int rc, String path, Supplier<T> value) {
        if (rc == Code.NONODE.intValue()) {
            answer.complete(Optional.empty());
        } else {
            finish(answer, rc, path, rc == Code.OK.intValue() ? Optional.of(value.get()) : null);
        }
    }

    private static <T> void finish(CompletableFuture<T> answer, int rc, String path, T value) {
        if (rc == Code.OK.intValue()) {
            answer.complete(value);
        } else {
            answer.completeExceptionally(KeeperException.create(Code.get(rc), path));
        }
    }

    /** Gives the code of the change that failed: those before it say OK, and those after it that they were not tried. */
    private static int codeOf(int rc, List<OpResult> results) {
        if (results != null) {
            for (OpResult result : results) {
                if (result instanceof OpResult.ErrorResult error
                        && error.getErr() != Code.OK.intValue()
                        && error.getErr() != Code.RUNTIMEINCONSISTENCY.intValue()) {
                    return error.getErr();
                }
            }
        }
        return rc;
    }
}
