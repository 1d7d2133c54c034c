package dev.gssbaton.claim.zookeeper;

import dev.gssbaton.peers.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;

/** A ZooKeeper server in a process of its own, configured by a file, with its data in a folder that outlives the process. */
final class ServerProcess implements AutoCloseable {
    private static final Duration TIME_LIMIT = Duration.ofMinutes(30);

    private final Path config;
    private final int port;
    private ForkedJvm process;

    /** ZooKeeper's own main class, which ends when the JVM that started it does. */
    static final class Server {
        private Server() {}

        public static void main(String[] arguments) {
            System.setOut(System.err);
            Thread parent = new Thread(Server::endWithParent, "end of the parent");
            parent.setDaemon(true);
            parent.start();
            QuorumPeerMain.main(arguments);
        }

        private static void endWithParent() {
            try {
                System.in.transferTo(System.err);
            } catch (IOException e) {
                // It has gone.
            }
            Runtime.getRuntime().halt(1);
        }
    }

    /**
     * Writes the configuration of a server.
     *
     * @param folder where its files are to be
     * @param id its number in the ensemble
     * @param port where it serves clients
     * @param settings as in {@code zoo.cfg}, what all servers here have left out
     */
    ServerProcess(Path folder, int id, int port, Map<String, String> settings) throws IOException {
        this.port = port;
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(data.resolve("myid"), String.valueOf(id));
        Map<String, String> all = new TreeMap<>(settings);
        all.put("dataDir", data.toString());
        all.put("admin.enableServer", "false");
        // The machine does not fail, so that what was written is there without waiting for the disk.
        all.put("forceSync", "no");
        config = Files.writeString(
                folder.resolve("zoo.cfg"),
                all.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                        .collect(Collectors.joining()));
    }

    int port() {
        return port;
    }

    String address() {
        return Loopback.ADDRESS + ":" + port;
    }

    /** Starts the process, if it is not there; it does not serve yet when this returns. */
    void start() {
        if (process == null) {
            process = ForkedJvm.running(Server.class)
                    .jvm("-Xmx128m")
                    .arguments(config.toString())
                    .timeLimit(TIME_LIMIT)
                    .start();
        }
    }

    /** Ends the process as SIGKILL does. */
    void kill() {
        if (process != null) {
            process.close();
            process = null;
        }
    }

    /** Lets the process stand still. */
    void stop() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** Lets the process go on. */
    void goOn() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        String pid = String.valueOf(process.handle().pid());
        if (new ProcessBuilder("kill", signal, pid).start().waitFor() != 0) {
            throw new IllegalStateException("kill " + signal + " failed");
        }
    }

    @Override
    public void close() {
        kill();
    }
}
