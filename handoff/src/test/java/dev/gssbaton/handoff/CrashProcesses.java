package dev.gssbaton.handoff;

import dev.gssbaton.BatonManager;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.handoff.Faults.What;
import dev.gssbaton.handoff.Faults.Where;
import dev.gssbaton.peers.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ietf.jgss.GSSException;

/** The processes of a crash test, each a {@link CrashServer} of a role; one that has died is replaced when it is asked for. */
final class CrashProcesses implements AutoCloseable {
    /** How many contexts are under way in each round. */
    static final int CONTEXTS = 50;

    private static final Duration STRIKES_WITHIN = Duration.ofSeconds(5);

    private final Path directory;
    private final Random random;
    private final Duration stopped;
    private final Map<String, ForkedJvm> processes = new TreeMap<>();
    private final BatonManager clients =
            BatonManager.builder().claims(ProcessClaims.ofProcess()).build();
    private int first;

    /**
     * Begins with none.
     *
     * @param directory what they share
     * @param random decides when they are killed
     * @param stopped for how long one that stops itself is left so
     */
    CrashProcesses(Path directory, Random random, Duration stopped) {
        this.directory = directory;
        this.random = random;
        this.stopped = stopped;
    }

    /**
     * A fault.
     *
     * @param role whom it strikes
     * @param where at which step; killed from outside if it strikes nowhere
     * @param what what it is
     * @param after at how manieth context
     */
    record Fault(String role, Where where, What what, int after) {
        boolean kills() {
            return what == What.DIE;
        }

        boolean kills(String other) {
            return kills() && role.equals(other);
        }
    }

    /** Gives the process of a role, or starts one in the place of the one that died. */
    private ForkedJvm process(String role) {
        return processes.computeIfAbsent(role, each -> ForkedJvm.running(CrashServer.class)
                .arguments(directory.toString(), each)
                .jvm("-Dbaton.home=" + directory.resolve("home"), "-Djava.util.logging.config.file=" + quiet())
                .timeLimit(Duration.ofMinutes(30))
                .start());
    }

    private String quiet() {
        try {
            return Files.writeString(directory.resolve("logging.properties"), ".level=OFF\n")
                    .toString();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    String ask(String role, String command) {
        process(role).println(command);
        return process(role).readLine();
    }

    /** Connects clients to a process, each with an established context. */
    List<CrashClient> clients(String role) throws IOException, GSSException {
        int port = Integer.parseInt(ask(role, "port"));
        List<CrashClient> all = new ArrayList<>();
        first += 1000;
        for (int i = 0; i < CONTEXTS; i++) {
            all.add(new CrashClient(first + i, port, clients));
        }
        // One after the other, each would wait for its turn on a busy machine.
        for (CrashClient each : all) {
            each.establish();
            each.say();
        }
        for (CrashClient each : all) {
            each.hearAll();
        }
        return all;
    }

    /** Tells each process what is to strike it, and puts messages under way: one in full, and a part of the next. */
    void arm(Fault fault, List<String> roles, List<CrashClient> clients) throws IOException, GSSException {
        for (String role : roles) {
            Files.deleteIfExists(asked(role));
            Files.deleteIfExists(offered(role));
            Where where = role.equals(fault.role()) ? fault.where() : Where.NOWHERE;
            ask(role, "fault " + where + " " + fault.what() + " " + fault.after());
        }
        for (CrashClient each : clients) {
            each.say();
            each.begin(1 + random.nextInt(40));
        }
    }

    /**
     * Has a process hand over, while the fault strikes one.
     *
     * @param command what it is told
     * @return what it says; nothing if it died
     */
    String handOver(Fault fault, String giver, String command, AtomicBoolean over) throws Exception {
        process(giver).println(command);
        CompletableFuture<Void> outside = strikeFromOutside(fault, over);
        String answer = fault.kills(giver) ? "given" : process(giver).readLine();
        if (fault.kills()) {
            outside.get();
        }
        return answer.substring("given".length());
    }

    /**
     * Kills from outside, or lets go on what has stopped itself. On a busy machine a fault may strike nobody, since tokens expire before
     * they are claimed: then what is to die is killed all the same.
     */
    private CompletableFuture<Void> strikeFromOutside(Fault fault, AtomicBoolean over) {
        ForkedJvm struck = process(fault.role());
        long millis = fault.where() == Where.NOWHERE ? random.nextInt(60) : STRIKES_WITHIN.toMillis();
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        if (fault.kills()) {
                            long begin = System.nanoTime();
                            while (struck.handle().isAlive() && System.nanoTime() - begin < millis * 1_000_000) {
                                Thread.sleep(5);
                            }
                            struck.kill();
                            struck.handle().onExit().join();
                        }
                        while (fault.what() == What.STOP && !over.get()) {
                            Thread.sleep(20);
                            if (isStopped(struck.handle().pid())) {
                                Thread.sleep(stopped.toMillis());
                                new ProcessBuilder(
                                                "kill",
                                                "-CONT",
                                                Long.toString(struck.handle().pid()))
                                        .start()
                                        .waitFor();
                            }
                        }
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                TwoEnds.THREADS);
    }

    private static boolean isStopped(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/stat")).matches("(?s)\\d+ \\(.*\\) T .*");
    }

    /** Forgets a process that was killed. */
    void bury(String role) {
        processes.remove(role).close();
    }

    private Path asked(String role) {
        return directory.resolve(role + ".asked");
    }

    private Path offered(String role) {
        return directory.resolve(role + ".offered");
    }

    /** The tokens that a process was about to claim, whether or not it lives. */
    Set<String> askedBy(String role) throws IOException {
        return Files.exists(asked(role)) ? new TreeSet<>(Files.readAllLines(asked(role))) : Set.of();
    }

    /** The tokens that a process was about to offer in a race, by the numbers of their contexts. */
    Map<Integer, String> offeredBy(String role) throws IOException {
        Map<Integer, String> offered = new TreeMap<>();
        if (Files.exists(offered(role))) {
            for (String line : Files.readAllLines(offered(role))) {
                String[] words = line.split(" ", 2);
                offered.put(Integer.parseInt(words[0]), words[1]);
            }
        }
        return offered;
    }

    /** Every client of a surviving owner hears all answers, in order, and has one more message answered. */
    static void goOn(String what, List<CrashClient> clients, Set<Integer> served) throws GSSException {
        List<CrashClient> living =
                clients.stream().filter(each -> served.contains(each.number())).toList();
        try {
            for (CrashClient each : living) {
                each.say();
            }
            for (CrashClient each : living) {
                each.hearAll();
            }
        } catch (IOException e) {
            throw new AssertionError(what + ": a client of a surviving owner: " + e.getMessage(), e);
        }
    }

    /**
     * What a process says of itself.
     *
     * @param busy whether a hand-over is still under way
     * @param live the numbers of the contexts that it serves
     * @param leftOver tokens that it has claimed and not made live
     * @param renounced tokens that it gave back
     */
    record Census(boolean busy, Set<Integer> live, Set<String> leftOver, Set<String> renounced) {}

    Census census(String role) {
        String[] parts = ask(role, "census").split(" won| renounced", -1);
        Set<Integer> live = new TreeSet<>();
        for (String number : words(parts[0].substring("live".length()))) {
            live.add(Integer.parseInt(number));
        }
        return new Census(parts[0].startsWith("busy"), live, words(parts[1]), words(parts[2]));
    }

    private static Set<String> words(String text) {
        Set<String> words = new TreeSet<>(List.of(text.split(" ", -1)));
        words.remove("");
        return words;
    }

    @Override
    public void close() {
        processes.values().forEach(ForkedJvm::close);
    }
}
