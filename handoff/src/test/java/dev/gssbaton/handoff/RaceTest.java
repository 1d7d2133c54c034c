package dev.gssbaton.handoff;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.handoff.CrashProcesses.Census;
import dev.gssbaton.handoff.CrashProcesses.Fault;
import dev.gssbaton.handoff.Faults.What;
import dev.gssbaton.handoff.Faults.Where;
import dev.gssbaton.peers.Scale;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hand-overs of many contexts at once, for each of which three processes race that hold the same keys and a copy of the socket, and
 * the giver too, for those that nobody answers for in time. One of the four is killed, stopped for longer than a token lives, or
 * has its clock jump. Each context is in one process at most, and its client goes on; it is lost only with the process that won it.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(3600)
class RaceTest {
    private static final String GIVER = "giver";
    private static final List<String> RACERS = List.of("one", "two", "three");
    private static final List<String> ALL = List.of(GIVER, "one", "two", "three");
    /** At full scale 200 kills, with 10,000 contexts under way. */
    private static final int REPEATED = Scale.times(1, 25);

    private static final int SEED = Integer.getInteger("baton.seed", 20261130);
    /** How long the giver waits for answers: in some rounds it races for all that are not answered at once. */
    private static final int[] PATIENCE = {1500, 0, 300, 700, 50};

    @TempDir
    Path directory;

    private final Random random = new Random(SEED);
    private CrashProcesses processes;
    private final Map<String, Integer> liveAt = new TreeMap<>();
    private int rounds;
    private int kills;
    private int contested;
    private int diedWithTheGiver;
    private int diedWithTheWinner;
    private int erasedLate;
    private int givenUp;

    @BeforeEach
    void begin() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        processes = new CrashProcesses(directory, random, Race.TOKEN_LIFETIME.plusMillis(500));
    }

    @AfterEach
    void end() {
        processes.close();
    }

    @Test
    void no_context_is_live_twice_or_lost_while_its_owner_lives() throws Exception {
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < REPEATED; i++) {
            faults.add(new Fault(racer(), Where.CLAIM_AFTER, What.DIE, contexts()));
            if (REPEATED > 1) {
                faults.add(new Fault(racer(), Where.CLAIM_BEFORE, What.DIE, contexts()));
                faults.add(new Fault(racer(), Where.CLAIM_AFTER, What.DIE, contexts()));
                faults.add(new Fault(racer(), Where.TAKEN, What.DIE, 1 + random.nextInt(10)));
                faults.add(new Fault(racer(), Where.NOWHERE, What.DIE, 1));
                faults.add(new Fault(GIVER, Where.SETTLED, What.DIE, contexts()));
                faults.add(new Fault(GIVER, Where.NOWHERE, What.DIE, 1));
            }
            faults.add(new Fault(GIVER, Where.OFFERED, What.DIE, contexts()));
            faults.add(withoutDeath(i));
        }
        if (REPEATED == 1) {
            faults.add(withoutDeath(REPEATED));
        }
        for (Fault fault : faults) {
            round(fault);
        }
        System.out.println("seed " + SEED + ": " + rounds + " rounds of " + CrashProcesses.CONTEXTS + " contexts, "
                + kills + " kills; " + contested + " tokens that two or three claimed; live at " + liveAt + ", "
                + diedWithTheGiver + " died with the giver, "
                + diedWithTheWinner + " with the winner, " + erasedLate + " erased by a winner that was too late, "
                + givenUp + " given up by a giver whose clock had jumped");
        assertTrue(contested > 0 && liveAt.size() > 1);
        // Each process claims one at a time, and none that it finds too old before.
        assertTrue(erasedLate <= RACERS.size() * rounds);
    }

    private Fault withoutDeath(int i) {
        return switch (i % 9) {
            case 0 -> new Fault(racer(), Where.CLAIM_BEFORE, What.STOP, contexts());
            case 1 -> new Fault(racer(), Where.CLAIM_AFTER, What.JUMP_AHEAD, contexts());
            case 2 -> new Fault(GIVER, Where.OFFERED, What.STOP, contexts());
            case 3 -> new Fault(GIVER, Where.SETTLED, What.JUMP_AHEAD, contexts());
            case 4 -> new Fault(racer(), Where.TAKEN, What.STOP, 1 + random.nextInt(10));
            case 5 -> new Fault(racer(), Where.TAKEN, What.JUMP_BACK, 1 + random.nextInt(10));
            case 6 -> new Fault(racer(), Where.CLAIM_AFTER, What.STOP, contexts());
            case 7 -> new Fault(racer(), Where.CLAIM_BEFORE, What.JUMP_AHEAD, contexts());
            default -> new Fault(GIVER, Where.OFFERED, What.JUMP_BACK, contexts());
        };
    }

    private String racer() {
        return RACERS.get(random.nextInt(RACERS.size()));
    }

    private int contexts() {
        return 1 + random.nextInt(CrashProcesses.CONTEXTS - 1);
    }

    private void round(Fault fault) throws Exception {
        String what = "seed " + SEED + ", round " + (rounds + 1) + ", " + fault;
        List<CrashClient> clients = processes.clients(GIVER);
        processes.arm(fault, ALL, clients);
        List<Path> paths = new ArrayList<>();
        for (String each : RACERS) {
            paths.add(directory.resolve("sockets").resolve(each + rounds));
            processes.ask(each, "race " + paths.get(paths.size() - 1));
        }
        AtomicBoolean over = new AtomicBoolean();
        String given = processes.handOver(
                fault,
                GIVER,
                "offer " + PATIENCE[rounds % PATIENCE.length] + " "
                        + paths.stream().map(Path::toString).collect(Collectors.joining(" ")),
                over);
        if (fault.kills(GIVER)) {
            for (Path each : paths) {
                letGo(each);
            }
        }
        clients.forEach(CrashClient::finish);
        assertFalse(given.contains("OPEN"), what);
        check(what, fault, clients);
        over.set(true);
        rounds++;
        for (CrashClient each : clients) {
            each.close();
        }
        if (fault.kills()) {
            kills++;
            processes.bury(fault.role());
        }
    }

    /** A process that waits for a giver that died before it connected sees one come, and the end. */
    private static void letGo(Path path) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            // It waits no more.
        }
    }

    private void check(String what, Fault fault, List<CrashClient> clients) throws Exception {
        Map<String, Census> survivors = new TreeMap<>();
        for (String each : ALL) {
            if (!fault.kills(each)) {
                survivors.put(each, settled(each, what));
            }
        }
        Map<Integer, String> tokens = processes.offeredBy(GIVER);
        List<Set<String>> asked = new ArrayList<>();
        for (String each : RACERS) {
            asked.add(processes.askedBy(each));
        }
        for (String token : tokens.values()) {
            long racers = asked.stream().filter(each -> each.contains(token)).count();
            contested += racers > 1 ? 1 : 0;
        }
        CrashProcesses.goOn(
                what,
                clients,
                survivors.values().stream()
                        .flatMap(each -> each.live().stream())
                        .collect(Collectors.toSet()));
        for (CrashClient client : clients) {
            List<String> owners = survivors.keySet().stream()
                    .filter(each -> survivors.get(each).live().contains(client.number()))
                    .toList();
            assertTrue(owners.size() < 2, what + ": " + client.number() + " is in " + owners);
            if (owners.isEmpty()) {
                lost(what + ": " + client.number(), fault, tokens.get(client.number()), survivors);
                client.expectEnd();
                continue;
            }
            liveAt.merge(owners.get(0), 1, Integer::sum);
        }
    }

    /** Waits until a process is through, and looks what it has; it has claimed nothing that is not live there. */
    private Census settled(String role, String what) throws Exception {
        long begin = System.nanoTime();
        Census census = processes.census(role);
        while (census.busy()) {
            assertTrue(System.nanoTime() - begin < 60_000_000_000L, what + ": " + role + " is never through");
            Thread.sleep(20);
            census = processes.census(role);
        }
        if (!role.equals(GIVER)) {
            assertTrue(
                    census.renounced().containsAll(census.leftOver()),
                    what + ": " + role + " has claimed one of " + census.leftOver() + ", and it is not live");
        }
        return census;
    }

    /** A context may be lost with its owner: the giver before any claim, the winner after it. */
    private void lost(String what, Fault fault, String token, Map<String, Census> survivors) throws IOException {
        // A giver that died may not have come to offer it.
        boolean late = token != null
                && RACERS.stream()
                        .filter(survivors::containsKey)
                        .anyMatch(each -> survivors.get(each).leftOver().contains(token));
        if (late) {
            // Who won it found then that its time was over, and erased it; the giver had seen by then that it was won.
            erasedLate++;
        } else if (fault.kills(GIVER)) {
            // No survivor has won its claim: see the census.
            diedWithTheGiver++;
        } else if (fault.kills()) {
            assertTrue(
                    processes.askedBy(fault.role()).contains(token),
                    what + " is lost, and who died had not claimed it: " + survivors);
            diedWithTheWinner++;
        } else {
            // By its clock a claim may have been forgotten meanwhile.
            assertTrue(
                    fault.role().equals(GIVER) && fault.what() == What.JUMP_AHEAD,
                    what + " is lost, and nobody died: " + survivors);
            givenUp++;
        }
    }
}
