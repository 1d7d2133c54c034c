package dev.gssbaton.claim.zookeeper;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** An ensemble of three servers, each a process of its own, that are killed, stopped and started again with their data. */
final class ProcessEnsemble implements AutoCloseable {
    /** No session lasts longer without a word from its client. */
    static final Duration LONGEST_SESSION = Duration.ofSeconds(3);

    private static final int SIZE = 3;

    private final List<ServerProcess> servers = new ArrayList<>();

    ProcessEnsemble(Path folder) throws IOException {
        List<Integer> ports = Loopback.freePorts(3 * SIZE);
        Map<String, String> settings = new HashMap<>();
        settings.put("tickTime", "500");
        settings.put("initLimit", "120");
        settings.put("syncLimit", "5");
        // Otherwise a server that found no majority asks again after up to a minute.
        settings.put("fastleader.maxNotificationInterval", "1000");
        settings.put("maxSessionTimeout", String.valueOf(LONGEST_SESSION.toMillis()));
        settings.put("clientPortAddress", Loopback.ADDRESS);
        for (int id = 1; id <= SIZE; id++) {
            settings.put(
                    "server." + id,
                    Loopback.ADDRESS + ":" + ports.get(SIZE + id - 1) + ":" + ports.get(2 * SIZE + id - 1));
        }
        for (int id = 1; id <= SIZE; id++) {
            int port = ports.get(id - 1);
            settings.put("clientPort", String.valueOf(port));
            servers.add(new ServerProcess(folder.resolve(String.valueOf(id)), id, port, settings));
        }
        servers.forEach(ServerProcess::start);
    }

    String connectString() {
        return servers.stream().map(ServerProcess::address).collect(Collectors.joining(","));
    }

    /** The settings of a store that anybody may use. */
    ZooKeeperClaimsBuilder open(String path) {
        return ZooKeeperClaims.builder()
                .connectString(connectString())
                .path(path)
                .openToAnyone();
    }

    /** Waits until there is a leader, and gives it. */
    ServerProcess leader() {
        return serving("leader");
    }

    /** Waits until a server follows, and gives it. */
    ServerProcess follower() {
        return serving("follower");
    }

    private ServerProcess serving(String mode) {
        List<ServerProcess> found = new ArrayList<>();
        Loopback.await(mode, () -> {
            servers.stream()
                    .filter(server -> Loopback.serves(server.port(), mode))
                    .forEach(found::add);
            return !found.isEmpty();
        });
        return found.get(0);
    }

    /** Starts what was killed, and waits until all three serve. */
    void restore() {
        servers.forEach(ServerProcess::start);
        for (ServerProcess server : servers) {
            Loopback.await(
                    "answer of " + server.address(),
                    () -> Loopback.serves(server.port(), "leader") || Loopback.serves(server.port(), "follower"));
        }
    }

    @Override
    public void close() {
        servers.forEach(ServerProcess::close);
    }
}
