package dev.gssbaton.handoff;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.Offer;
import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.peers.Frames;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.ietf.jgss.GSSException;

/**
 * A process that serves conversations, gives them all and takes them, and does to itself what it is told: dies, stops, cuts the
 * channel or has its clock jump, at a step of the protocol. It answers each message of a client with the same. One line on its input is
 * one command.
 */
final class CrashServer {
    /** Where a fault strikes. */
    enum Where {
        NOWHERE,
        POLICY,
        CLAIM_BEFORE,
        CLAIM_AFTER,
        SETTLED,
        TAKEN
    }

    /** What strikes. */
    enum What {
        DIE,
        STOP,
        CUT,
        JUMP_AHEAD,
        JUMP_BACK
    }

    private static final Duration TOKEN_LIFETIME = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofMillis(700);
    private static final Duration JUMP = Duration.ofHours(3);

    private final Path journal;
    private final BatonManager manager;
    private final HandoffOptions options;
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final Frames parent = Frames.toParent();

    /** What is served, by the number that its client gave it. */
    private final Map<Integer, Conversation> served = new TreeMap<>();

    /** Clients that have not said who they are. */
    private final List<Conversation> strangers = new ArrayList<>();

    private final List<String> won = Collections.synchronizedList(new ArrayList<>());
    private final List<String> lived = Collections.synchronizedList(new ArrayList<>());
    private volatile Where where = Where.NOWHERE;
    private volatile What what = What.DIE;
    private final AtomicInteger countdown = new AtomicInteger();
    private volatile HandoffChannel channel;
    private volatile Duration ahead = Duration.ZERO;

    private CrashServer(Path directory, String name) throws IOException {
        journal = directory.resolve(name + ".asked");
        manager = BatonManager.builder()
                .claims(new Claims(HostClaims.in(directory.resolve("claims"))))
                .tokenLifetime(TOKEN_LIFETIME)
                .clock(new Jumping())
                .build();
        options = HandoffOptions.of(manager)
                .withLimit(LIMIT)
                .withWindow(64)
                .withPolicy(PeerPolicy.sameAccount().and(peer -> {
                    strike(Where.POLICY);
                    return Optional.empty();
                }));
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        listener.configureBlocking(false);
    }

    public static void main(String[] arguments) throws Exception {
        new CrashServer(Path.of(arguments[0]), arguments[1]).run();
    }

    /** The system's clock, until it jumps. */
    private final class Jumping extends Clock {
        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** The host's claims, with a journal that outlives this process, and the steps at which faults strike. */
    private final class Claims implements ClaimStore {
        private final ClaimStore store;

        Claims(ClaimStore store) {
            this.store = store;
        }

        @Override
        public PublicId id() throws GSSException {
            return store.id();
        }

        @Override
        public String scope() {
            return store.scope();
        }

        @Override
        public Instant now() throws GSSException {
            return store.now().plus(ahead);
        }

        @Override
        public Instant since() throws GSSException {
            return store.since();
        }

        @Override
        public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
            boolean token = id.toBytes().length == 24; // Not an authenticator of the mechanism's.
            if (token) {
                write(id.toHex());
                strike(Where.CLAIM_BEFORE);
            }
            ClaimOutcome outcome = store.claim(id, claimant, keepUntil);
            if (token) {
                strike(Where.CLAIM_AFTER);
                if (outcome == ClaimOutcome.WON) {
                    won.add(id.toHex());
                }
            }
            return outcome;
        }

        private void write(String line) {
            try {
                Files.writeString(journal, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void strike(Where now) {
        if (where != now || countdown.decrementAndGet() != 0) {
            return;
        }
        switch (what) {
            case DIE -> Runtime.getRuntime().halt(137);
            case STOP -> stop();
            case CUT -> {
                HandoffChannel cut = channel;
                if (cut != null) {
                    cut.close();
                }
            }
            case JUMP_AHEAD -> ahead = JUMP;
            case JUMP_BACK -> ahead = JUMP.negated();
        }
    }

    /** Stops all of this process; the test lets it go on. */
    private static void stop() {
        try {
            new ProcessBuilder(
                            "kill",
                            "-STOP",
                            Long.toString(ProcessHandle.current().pid()))
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One client: its context, its socket, and what is between them. */
    private final class Conversation {
        private final SocketChannel socket;
        private int number = -1;
        private BatonContext context;
        private ByteBuffer in = ByteBuffer.allocate(4096);
        private ByteBuffer out = ByteBuffer.allocate(4096).limit(0);
        private boolean ended;

        Conversation(SocketChannel socket) {
            this.socket = socket;
        }

        Conversation(Handoff taken) {
            this(taken.socket());
            number = ByteBuffer.wrap(taken.note()).getInt();
            context = taken.context();
            in.put(taken.unread());
            out.clear().put(taken.unwritten()).flip();
        }

        Parcel parcel() {
            byte[] unread = Arrays.copyOf(in.array(), in.position());
            byte[] unwritten = Arrays.copyOfRange(out.array(), out.position(), out.limit());
            return Parcel.of(context, socket)
                    .withUnread(unread)
                    .withUnwritten(unwritten)
                    .withNote(ByteBuffer.allocate(4).putInt(number).array());
        }

        /** Reads, answers and writes what it can at once. */
        void pump() throws IOException, GSSException {
            ended = ended || socket.read(in) < 0;
            in.flip();
            while (!out.hasRemaining() && in.remaining() >= 4 && in.remaining() - 4 >= in.getInt(in.position())) {
                byte[] message = new byte[in.getInt()];
                in.get(message);
                answer(message);
            }
            in.compact();
            socket.write(out);
        }

        private void answer(byte[] message) throws GSSException {
            byte[] answer;
            if (number < 0) {
                number = ByteBuffer.wrap(message).getInt();
                context = Pairs.server(manager);
                answer = context.acceptSecContext(message, 4, message.length - 4);
                served.put(number, this);
            } else if (!context.isEstablished()) {
                context.acceptSecContext(message, 0, message.length);
                return;
            } else {
                answer = Pairs.wrap(context, Pairs.unwrap(context, message));
            }
            out.clear().putInt(answer.length).put(answer).flip();
        }
    }

    private void run() throws Exception {
        BlockingQueue<String> commands = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> {
            try {
                for (String line = parent.readLine(); line != null; line = parent.readLine()) {
                    commands.add(line);
                }
            } catch (IOException e) {
                // The parent is gone.
            }
            commands.add("end");
        });
        reader.setDaemon(true);
        reader.start();
        while (true) {
            String command = commands.poll(1, TimeUnit.MILLISECONDS);
            if (command != null) {
                if (command.equals("end")) {
                    return;
                }
                perform(command.split(" ", -1));
            }
            synchronized (served) {
                serve();
            }
        }
    }

    private void serve() throws IOException, GSSException {
        for (SocketChannel next = listener.accept(); next != null; next = listener.accept()) {
            next.configureBlocking(false);
            strangers.add(new Conversation(next));
        }
        for (Conversation each : List.copyOf(strangers)) {
            each.pump();
            strangers.removeIf(one -> one.number >= 0);
        }
        for (Conversation each : List.copyOf(served.values())) {
            each.pump();
            if (each.ended) {
                each.socket.close();
                served.remove(each.number);
            }
        }
    }

    private void perform(String[] words) throws Exception {
        switch (words[0]) {
            case "port" -> parent.println(Integer.toString(((InetSocketAddress) listener.getLocalAddress()).getPort()));
            case "fault" -> {
                where = Where.NOWHERE;
                ahead = Duration.ZERO;
                won.clear();
                lived.clear();
                countdown.set(Integer.parseInt(words[3]));
                what = What.valueOf(words[2]);
                where = Where.valueOf(words[1]);
                parent.println("ok");
            }
            case "take" -> {
                HandoffListener socket = HandoffListener.bind(Path.of(words[1]), options);
                Thread taker = new Thread(() -> take(socket));
                taker.setDaemon(true);
                taker.start();
                parent.println("ok");
            }
            case "give" -> parent.println(give(Path.of(words[1])));
            case "census" -> {
                StringBuilder census = new StringBuilder();
                synchronized (served) {
                    served.keySet().forEach(number -> census.append(' ').append(number));
                }
                List<String> unclaimed = new ArrayList<>(won);
                unclaimed.removeAll(lived);
                parent.println(
                        ((channel == null ? "live" : "busy") + census + " won " + String.join(" ", unclaimed)).strip());
            }
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    private void take(HandoffListener socket) {
        try (socket;
                HandoffChannel accepted = socket.accept()) {
            channel = accepted;
            while (true) {
                Handoff taken = accepted.take();
                strike(Where.TAKEN);
                synchronized (served) {
                    Conversation conversation = new Conversation(taken);
                    served.put(conversation.number, conversation);
                    lived.add(taken.token().toHex());
                }
            }
        } catch (IOException e) {
            // The channel has ended.
        } finally {
            channel = null;
        }
    }

    /** Gives all that it serves, and goes on with what it keeps. */
    private String give(Path path) throws IOException {
        IdentityHashMap<Parcel, Conversation> all = new IdentityHashMap<>();
        List<Parcel> parcels = new ArrayList<>();
        for (Conversation each : served.values()) {
            Parcel parcel = each.parcel();
            parcels.add(parcel);
            all.put(parcel, each);
        }
        List<String> given = new ArrayList<>();
        try (HandoffChannel connected = HandoffChannel.connect(path, options)) {
            channel = connected;
            connected.giveAll(parcels, gift -> {
                strike(Where.SETTLED);
                Conversation one = all.get(gift.parcel());
                given.add(one.number + ":" + gift.id().toHex() + ":" + gift.state());
                if (gift.state() == Offer.State.GIVEN) {
                    served.remove(one.number);
                }
            });
        } catch (IOException e) {
            return "given";
        } finally {
            channel = null;
        }
        return ("given " + String.join(" ", given)).strip();
    }
}
