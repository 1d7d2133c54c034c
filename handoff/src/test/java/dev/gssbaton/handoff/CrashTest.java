package dev.gssbaton.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.handoff.CrashProcesses.Census;
import dev.gssbaton.handoff.CrashProcesses.Fault;
import dev.gssbaton.handoff.Faults.What;
import dev.gssbaton.handoff.Faults.Where;
import dev.gssbaton.peers.Scale;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hand-overs of many contexts at once, of which one process is killed, stopped for longer than a token lives, cut off, or has its clock
 * jump, at a step of the protocol. Every client of a surviving owner is answered on, completely and in order; no context is in two
 * processes.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(3600)
class CrashTest {
    private static final String GIVER = "giver";
    private static final String TAKER = "taker";
    /** At full scale 200 kills, with 10,000 contexts under way. */
    private static final int REPEATED = Scale.times(1, 25);

    private static final int SEED = Integer.getInteger("baton.seed", 20261122);

    @TempDir
    Path directory;

    private final Random random = new Random(SEED);
    private CrashProcesses processes;
    private int rounds;
    private int kills;
    private int handedOver;
    private int kept;
    private int diedWithTheirOwner;
    private int diedAfterTheClaim;

    @BeforeEach
    void begin() {
        processes = new CrashProcesses(directory, random, CrashServer.TOKEN_LIFETIME.plusMillis(500));
    }

    @AfterEach
    void end() {
        processes.close();
    }

    @Test
    void no_context_is_live_twice_or_lost_while_its_owner_lives() throws Exception {
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < REPEATED; i++) {
            faults.add(new Fault(GIVER, Where.SETTLED, What.DIE, after()));
            faults.add(new Fault(TAKER, Where.CLAIM_AFTER, What.DIE, after()));
            faults.add(new Fault(TAKER, Where.TAKEN, What.DIE, after()));
            faults.add(new Fault(TAKER, Where.CLAIM_AFTER, What.CUT, after()));
            faults.add(new Fault(TAKER, Where.CLAIM_BEFORE, What.STOP, after()));
            faults.add(new Fault(GIVER, Where.SETTLED, What.STOP, after()));
            faults.add(new Fault(TAKER, Where.TAKEN, What.JUMP_BACK, after()));
            faults.add(new Fault(GIVER, Where.SETTLED, What.JUMP_AHEAD, after()));
            if (REPEATED > 1) {
                faults.add(new Fault(GIVER, Where.NOWHERE, What.DIE, after()));
                faults.add(new Fault(TAKER, Where.CLAIM_BEFORE, What.DIE, after()));
                faults.add(new Fault(GIVER, Where.POLICY, What.DIE, 1));
                faults.add(new Fault(TAKER, Where.POLICY, What.DIE, 1));
                faults.add(new Fault(TAKER, Where.NOWHERE, What.DIE, 1));
                faults.add(new Fault(GIVER, Where.SETTLED, What.CUT, after()));
                faults.add(new Fault(TAKER, Where.CLAIM_BEFORE, What.JUMP_AHEAD, after()));
            }
        }
        for (Fault fault : faults) {
            round(fault);
        }
        System.out.println("seed " + SEED + ": " + rounds + " rounds of " + CrashProcesses.CONTEXTS + " contexts, "
                + kills + " kills; "
                + handedOver + " handed over, " + kept + " kept, " + diedWithTheirOwner + " died with the giver, "
                + diedAfterTheClaim + " with the receiver after its claim");
        assertTrue(handedOver > 0 && kept > 0);
    }

    private int after() {
        return 1 + random.nextInt(CrashProcesses.CONTEXTS - 1);
    }

    private void round(Fault fault) throws Exception {
        rounds++;
        String what = "seed " + SEED + ", round " + rounds + ", " + fault;
        List<CrashClient> clients = processes.clients(GIVER);
        processes.arm(fault, List.of(GIVER, TAKER), clients);
        Path path = directory.resolve("sockets").resolve("s" + rounds);
        processes.ask(TAKER, "take " + path);
        AtomicBoolean over = new AtomicBoolean();
        String given = processes.handOver(fault, GIVER, "give " + path, over);
        clients.forEach(CrashClient::finish);
        check(what, fault, clients, given);
        over.set(true);
        for (CrashClient each : clients) {
            each.close();
        }
        if (fault.kills()) {
            kills++;
            processes.bury(fault.role());
        }
    }

    private void check(String what, Fault fault, List<CrashClient> clients, String given) throws Exception {
        boolean giverDied = fault.kills(GIVER);
        boolean takerDied = fault.kills(TAKER);
        Map<Integer, String> gone = new TreeMap<>();
        Set<String> keptTokens = new HashSet<>();
        for (String each : given.strip().split(" ", -1)) {
            String[] words = each.split(":", -1);
            if (words.length == 3 && words[2].equals("GIVEN")) {
                gone.put(Integer.parseInt(words[0]), words[1]);
            } else if (words.length == 3) {
                assertEquals("KEPT", words[2], what);
                keptTokens.add(words[1]);
            }
        }
        Set<Integer> atGiver = giverDied ? Set.of() : processes.census(GIVER).live();
        Set<Integer> atTaker = takerDied ? Set.of() : settle(giverDied, gone, keptTokens, what);
        Set<String> asked = processes.askedBy(TAKER);
        Set<Integer> served = new TreeSet<>(atGiver);
        served.addAll(atTaker);
        CrashProcesses.goOn(what, clients, served);
        for (CrashClient client : clients) {
            boolean one = atGiver.contains(client.number());
            boolean other = atTaker.contains(client.number());
            assertTrue(!(one && other), what + ": " + client.number() + " is in two processes");
            if (one || other) {
                handedOver += other ? 1 : 0;
                kept += one ? 1 : 0;
            } else if (giverDied) {
                // Not live at the receiver, which has no claim of its own left over: see the census.
                client.expectEnd();
                diedWithTheirOwner++;
            } else {
                assertTrue(takerDied, what + ": " + client.number() + " is lost, and nobody died");
                assertTrue(
                        asked.contains(gone.get(client.number())),
                        what + ": " + client.number() + " is lost, and the receiver that died had not claimed it");
                client.expectEnd();
                diedAfterTheClaim++;
            }
        }
    }

    /** Waits until the receiver has what it is to have: all that the giver gave, or what is left of a giver that died. */
    private Set<Integer> settle(boolean giverDied, Map<Integer, String> gone, Set<String> kept, String what)
            throws Exception {
        long begin = System.nanoTime();
        Set<Integer> atTaker = new TreeSet<>();
        Set<String> left = Set.of();
        while (System.nanoTime() - begin < Duration.ofSeconds(10).toNanos()) {
            int before = atTaker.size();
            Census census = processes.census(TAKER);
            atTaker = census.live();
            left = census.leftOver();
            // What it has claimed and given back is kept by the giver.
            left.removeAll(kept);
            boolean all = giverDied ? atTaker.size() == before && !census.busy() : atTaker.containsAll(gone.keySet());
            if (all && left.isEmpty()) {
                return atTaker;
            }
            Thread.sleep(giverDied ? 200 : 20);
        }
        assertEquals(Set.of(), left, what + ": claimed and not live");
        assertEquals(gone.keySet(), atTaker, what + ": given, and not there");
        return atTaker;
    }
}
