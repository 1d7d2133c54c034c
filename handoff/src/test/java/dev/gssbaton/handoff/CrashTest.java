package dev.gssbaton.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.handoff.CrashServer.What;
import dev.gssbaton.handoff.CrashServer.Where;
import dev.gssbaton.peers.ForkedJvm;
import dev.gssbaton.peers.Scale;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterEach;
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
    private static final int CONTEXTS = 50;
    /** At full scale 200 kills, with 10,000 contexts under way. */
    private static final int REPEATED = Scale.times(1, 25);

    private static final int SEED = Integer.getInteger("baton.seed", 20261122);
    private static final Duration STRIKES_WITHIN = Duration.ofSeconds(5);
    private static final Duration STOPPED = Duration.ofMillis(1500);

    /** A fault: whom it strikes, where, what it is, and after how many contexts; killed from outside if it strikes nowhere. */
    private record Fault(boolean giver, Where where, What what, int after) {}

    @TempDir
    Path directory;

    private final BatonManager manager =
            BatonManager.builder().claims(ProcessClaims.ofProcess()).build();
    private final Random random = new Random(SEED);
    private final Map<String, ForkedJvm> processes = new TreeMap<>();
    private int rounds;
    private int kills;
    private int handedOver;
    private int kept;
    private int diedWithTheirOwner;
    private int diedAfterTheClaim;

    @AfterEach
    void end() {
        processes.values().forEach(ForkedJvm::close);
    }

    @Test
    void no_context_is_live_twice_or_lost_while_its_owner_lives() throws Exception {
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < REPEATED; i++) {
            for (Where where : List.of(Where.SETTLED, Where.NOWHERE)) {
                faults.add(new Fault(true, where, What.DIE, after()));
            }
            for (Where where : List.of(Where.CLAIM_BEFORE, Where.CLAIM_AFTER, Where.TAKEN)) {
                faults.add(new Fault(false, where, What.DIE, after()));
            }
            if (REPEATED > 1) {
                faults.add(new Fault(true, Where.POLICY, What.DIE, 1));
                faults.add(new Fault(false, Where.POLICY, What.DIE, 1));
                faults.add(new Fault(false, Where.NOWHERE, What.DIE, 1));
            }
            faults.add(new Fault(true, Where.SETTLED, What.CUT, after()));
            faults.add(new Fault(false, Where.CLAIM_AFTER, What.CUT, after()));
            faults.add(new Fault(false, Where.CLAIM_BEFORE, What.STOP, after()));
            faults.add(new Fault(true, Where.SETTLED, What.STOP, after()));
            faults.add(new Fault(false, Where.CLAIM_BEFORE, What.JUMP_AHEAD, after()));
            faults.add(new Fault(false, Where.TAKEN, What.JUMP_BACK, after()));
            faults.add(new Fault(true, Where.SETTLED, What.JUMP_AHEAD, after()));
        }
        for (Fault fault : faults) {
            round(fault);
        }
        System.out.println("seed " + SEED + ": " + rounds + " rounds of " + CONTEXTS + " contexts, " + kills
                + " kills; "
                + handedOver + " handed over, " + kept + " kept, " + diedWithTheirOwner + " died with the giver, "
                + diedAfterTheClaim + " with the receiver after its claim");
        assertTrue(handedOver > 0 && kept > 0);
    }

    private int after() {
        return 1 + random.nextInt(CONTEXTS - 1);
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

    private static String ask(ForkedJvm process, String command) {
        process.println(command);
        return process.readLine();
    }

    /** One client with its own conversation. */
    private static final class Client {
        private final int number;
        private final SocketChannel socket;
        private final BatonContext context;
        private int sent;
        private int answered;

        Client(int number, int port, BatonManager manager) throws IOException, GSSException {
            this.number = number;
            socket = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.socket().setTcpNoDelay(true);
            socket.socket().setSoTimeout(20_000);
            context = Pairs.client(manager);
            byte[] first = context.initSecContext(new byte[0], 0, 0);
            send(ByteBuffer.allocate(4 + first.length).putInt(number).put(first).array(), first.length);
        }

        void establish() throws IOException, GSSException {
            byte[] last = receive();
            byte[] third = context.initSecContext(last, 0, last.length);
            send(third, Integer.MAX_VALUE);
        }

        /** Sends the next message in two parts, of which the second may come later. */
        byte[] say(int split) throws IOException, GSSException {
            byte[] message = Pairs.wrap(context, number + "/" + sent++);
            return send(message, split);
        }

        private byte[] send(byte[] message, int split) throws IOException {
            byte[] framed = ByteBuffer.allocate(4 + message.length)
                    .putInt(message.length)
                    .put(message)
                    .array();
            int first = Math.min(split, framed.length);
            finish(Arrays.copyOf(framed, first));
            byte[] rest = Arrays.copyOfRange(framed, first, framed.length);
            if (split > message.length || !context.isEstablished()) {
                finish(rest);
                return new byte[0];
            }
            return rest;
        }

        void finish(byte[] rest) throws IOException {
            ByteBuffer out = ByteBuffer.wrap(rest);
            while (out.hasRemaining()) {
                socket.write(out);
            }
        }

        /** Hears the answer that must come next. */
        void hear() throws IOException, GSSException {
            assertEquals(number + "/" + answered++, Pairs.unwrap(context, receive()));
        }

        void hearAll() throws IOException, GSSException {
            while (answered < sent) {
                hear();
            }
        }

        private byte[] receive() throws IOException {
            InputStream in = socket.socket().getInputStream();
            byte[] length = in.readNBytes(4);
            if (length.length < 4) {
                throw new EOFException("client " + number + " sees the end");
            }
            byte[] message = in.readNBytes(ByteBuffer.wrap(length).getInt());
            return message;
        }

        /** The connection is closed, sooner or later, though more answers may come first. */
        void expectEnd() throws IOException {
            try {
                socket.socket().getInputStream().readAllBytes();
            } catch (SocketException e) {
                // A reset is an end too: the server died with octets unread.
            }
        }
    }

    private void round(Fault fault) throws Exception {
        rounds++;
        String what = "seed " + SEED + ", round " + rounds + ", " + fault;
        ForkedJvm giver = process("giver");
        ForkedJvm taker = process("taker");
        int port = Integer.parseInt(ask(giver, "port"));
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < CONTEXTS; i++) {
            clients.add(new Client(rounds * 1000 + i, port, manager));
        }
        for (Client each : clients) {
            each.establish();
            each.say(Integer.MAX_VALUE);
            each.hear();
        }
        ask(giver, fault("giver", fault));
        ask(taker, fault("taker", fault));
        // Under way: one message in full, and a part of the next.
        List<byte[]> rests = new ArrayList<>();
        for (Client each : clients) {
            each.say(Integer.MAX_VALUE);
            rests.add(each.say(1 + random.nextInt(40)));
        }
        Path path = directory.resolve("sockets").resolve("s" + rounds);
        Files.deleteIfExists(asked());
        ask(taker, "take " + path);
        giver.println("give " + path);
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Void> outside = strikeFromOutside(fault, giver, taker, over);
        String answer = dies(fault) && fault.giver() ? null : giver.readLine();
        if (dies(fault)) {
            outside.get();
        }
        for (int i = 0; i < CONTEXTS; i++) {
            try {
                clients.get(i).finish(rests.get(i));
            } catch (IOException e) {
                // Its owner has died.
            }
        }
        check(what, fault, clients, answer, giver, taker);
        over.set(true);
        outside.get();
        for (Client each : clients) {
            each.socket.close();
        }
        if (dies(fault)) {
            kills++;
            processes.remove(fault.giver() ? "giver" : "taker").close();
        }
    }

    private static String fault(String name, Fault fault) {
        boolean struck = fault.giver() == name.equals("giver");
        return "fault " + (struck ? fault.where() : Where.NOWHERE) + " " + fault.what() + " "
                + (fault.where() == Where.POLICY ? 1 : fault.after());
    }

    private static boolean dies(Fault fault) {
        return fault.what() == What.DIE;
    }

    /**
     * Kills from outside, or lets go on what has stopped itself. On a busy machine a fault may strike nobody, since tokens expire before
     * they are claimed: then what is to die is killed all the same.
     */
    private CompletableFuture<Void> strikeFromOutside(
            Fault fault, ForkedJvm giver, ForkedJvm taker, AtomicBoolean over) {
        ForkedJvm struck = fault.giver() ? giver : taker;
        long millis = fault.where() == Where.NOWHERE ? random.nextInt(60) : STRIKES_WITHIN.toMillis();
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        if (dies(fault)) {
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
                                Thread.sleep(STOPPED.toMillis());
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

    private Path asked() {
        return directory.resolve("taker.asked");
    }

    private void check(String what, Fault fault, List<Client> clients, String given, ForkedJvm giver, ForkedJvm taker)
            throws Exception {
        boolean giverDied = dies(fault) && fault.giver();
        boolean takerDied = dies(fault) && !fault.giver();
        Map<Integer, String> gone = new TreeMap<>();
        Set<String> keptTokens = new HashSet<>();
        if (given != null) {
            for (String each : given.substring("given".length()).strip().split(" ", -1)) {
                String[] words = each.split(":", -1);
                if (words.length == 3 && words[2].equals("GIVEN")) {
                    gone.put(Integer.parseInt(words[0]), words[1]);
                } else if (words.length == 3) {
                    assertEquals("KEPT", words[2], what);
                    keptTokens.add(words[1]);
                }
            }
        }
        Set<Integer> atGiver = new TreeSet<>();
        Set<Integer> atTaker = new TreeSet<>();
        if (!giverDied) {
            census(ask(giver, "census"), atGiver);
        }
        if (!takerDied) {
            settle(taker, giverDied, gone, keptTokens, atTaker, what);
        }
        Set<String> asked = Files.exists(asked()) ? new HashSet<>(Files.readAllLines(asked())) : Set.of();
        for (Client client : clients) {
            boolean one = atGiver.contains(client.number);
            boolean other = atTaker.contains(client.number);
            assertTrue(!(one && other), what + ": " + client.number + " is in two processes");
            if (one || other) {
                try {
                    client.hearAll();
                    client.say(Integer.MAX_VALUE);
                    client.hearAll();
                } catch (IOException e) {
                    throw new AssertionError(what + ": " + client.number + " of a surviving owner", e);
                }
                handedOver += other ? 1 : 0;
                kept += one ? 1 : 0;
            } else if (giverDied) {
                // Not live at the receiver, which has no claim of its own left over: see the census.
                client.expectEnd();
                diedWithTheirOwner++;
            } else {
                assertTrue(takerDied, what + ": " + client.number + " is lost, and nobody died");
                assertTrue(
                        asked.contains(gone.get(client.number)),
                        what + ": " + client.number + " is lost, and the receiver that died had not claimed it");
                client.expectEnd();
                diedAfterTheClaim++;
            }
        }
    }

    /** Waits until the receiver has what it is to have: all that the giver gave, or what is left of a giver that died. */
    private static void settle(
            ForkedJvm taker,
            boolean giverDied,
            Map<Integer, String> gone,
            Set<String> kept,
            Set<Integer> atTaker,
            String what)
            throws Exception {
        long begin = System.nanoTime();
        Set<String> left = Set.of();
        while (System.nanoTime() - begin < Duration.ofSeconds(10).toNanos()) {
            int before = atTaker.size();
            atTaker.clear();
            String census = ask(taker, "census");
            left = census(census, atTaker);
            // What it has claimed and given back is kept by the giver.
            left.removeAll(kept);
            boolean all = giverDied
                    ? atTaker.size() == before && census.startsWith("live")
                    : atTaker.containsAll(gone.keySet());
            if (all && left.isEmpty()) {
                return;
            }
            Thread.sleep(giverDied ? 200 : 20);
        }
        assertEquals(Set.of(), left, what + ": claimed and not live");
        assertEquals(gone.keySet(), atTaker, what + ": given, and not there");
    }

    /** Adds the numbers of what is live in a process, and gives the tokens that it has claimed and not made live. */
    private static Set<String> census(String census, Set<Integer> live) {
        String[] parts = census.split(" won", -1);
        for (String each : parts[0].substring("live".length()).strip().split(" ", -1)) {
            if (!each.isEmpty()) {
                live.add(Integer.parseInt(each));
            }
        }
        Set<String> left = new HashSet<>(List.of(parts[1].strip().split(" ", -1)));
        left.remove("");
        return left;
    }
}
