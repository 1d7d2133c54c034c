package dev.gssbaton.handoff;

import dev.gssbaton.BatonManager;
import dev.gssbaton.ExportOptions;
import dev.gssbaton.ImportOptions;
import dev.gssbaton.Offer;
import dev.gssbaton.OfferOptions;
import dev.gssbaton.PreparedContext;
import dev.gssbaton.TransferSession;
import dev.gssbaton.handoff.Conversations.Conversation;
import dev.gssbaton.handoff.Faults.Where;
import dev.gssbaton.seal.AccountKeys;
import dev.gssbaton.seal.TokenSealer;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ietf.jgss.GSSException;
import org.newsclub.net.unix.AFUNIXServerSocketChannel;

/**
 * Hand-overs that several processes race for: each context is offered under the account's keys, with its socket, to all of them at once,
 * and the claim decides. Frames and records are those of a channel.
 */
final class Race {
    /** Longer than over a channel, so that most tokens are raced for on a busy machine too. */
    static final Duration TOKEN_LIFETIME = Duration.ofSeconds(2);

    private static final OfferOptions OPTIONS =
            OfferOptions.defaults().withExport(ExportOptions.defaults().withLifetime(TOKEN_LIFETIME));

    private final BatonManager manager;
    private final Faults faults;
    private final Conversations conversations;
    private final Path journal;
    private final TransferSession session;
    private final TokenSealer sealer;
    private final List<String> lived = Collections.synchronizedList(new ArrayList<>());
    private final List<String> renounced = Collections.synchronizedList(new ArrayList<>());
    private boolean ready;
    private volatile boolean underWay;

    Race(BatonManager manager, Faults faults, Conversations conversations, Path journal) {
        this.manager = manager;
        this.faults = faults;
        this.conversations = conversations;
        this.journal = journal;
        this.session = manager.session(AccountKeys.ofUser());
        this.sealer = session.sealerBeside(HandoffRecord.USE);
    }

    /** Forgets what came of the last one. */
    void begin() throws GSSException {
        if (!ready) {
            makeReady();
            ready = true;
        }
        lived.clear();
        renounced.clear();
    }

    /** Loads what a race needs, since a process that was just started would be too slow for it. */
    private void makeReady() throws GSSException {
        Offer offer = session.offer(
                Pairs.establish(manager).server(),
                OfferOptions.defaults().withExport(ExportOptions.defaults().withLifetime(Duration.ofMinutes(1))));
        byte[] nothing = {};
        byte[] sealed = new HandoffRecord(offer.id(), 0, nothing, nothing, nothing)
                .seal(sealer, offer.token().notAfter());
        HandoffRecord.open(sealer, sealed).requireFor(offer.id(), 0);
        PreparedContext context = session.prepare(offer.token().octets(), ImportOptions.any());
        context.claim();
        offer.renounced(context.renounce());
    }

    boolean isUnderWay() {
        return underWay;
    }

    /** Tokens whose contexts have become live here. */
    List<String> lived() {
        return List.copyOf(lived);
    }

    /** Tokens that were given back, whether or not they had been claimed. */
    List<String> renounced() {
        return List.copyOf(renounced);
    }

    /** Waits for one that offers, and takes what it can get, in the background. */
    void enter(Path path) throws IOException {
        AFUNIXServerSocketChannel listener = SocketPlace.of(path).bind();
        underWay = true;
        CrashServer.background(() -> {
            try (listener;
                    Connection connection = new Connection(listener.accept(), CrashServer.LIMIT)) {
                connection.greeted();
                Connection.Received received = connection.receive();
                while (received.frame().type() == FrameType.OFFER) {
                    compete(connection, received);
                    received = connection.receive();
                }
            } catch (IOException e) {
                // The giver is gone.
            } finally {
                underWay = false;
            }
        });
    }

    private void compete(Connection connection, Connection.Received received) throws IOException {
        Offered offered = received.frame().offered();
        int number = offered.number();
        try (PassedSocket socket = received.socket()) {
            HandoffRecord record = HandoffRecord.open(sealer, offered.sealed());
            PreparedContext context = session.prepare(offered.token(), ImportOptions.any());
            try {
                record.requireFor(context.id(), socket.inode());
                context.claim();
            } catch (GSSException e) {
                renounced.add(context.id().toHex());
                answer(connection, Frame.renounced(number, context.renounce(), e.getMessage()));
                return;
            }
            SocketChannel channel = socket.toChannel();
            answer(connection, Frame.taken(number));
            faults.strike(Where.TAKEN);
            conversations.add(context.live(), channel, record.unread(), record.unwritten(), record.note());
            lived.add(context.id().toHex());
        } catch (GSSException e) {
            answer(connection, Frame.declined(number, e.getMessage()));
        }
    }

    private static void answer(Connection connection, Frame frame) {
        try {
            connection.send(frame);
        } catch (IOException e) {
            // The giver asks the claim store.
        }
    }

    /** Offers all that is served to all that race, and goes on with what nobody has when so much time is over. */
    String offer(Duration patience, List<Path> racers) throws Exception {
        List<Connection> connections = new ArrayList<>();
        Map<Integer, Gift> gifts = new ConcurrentHashMap<>();
        Map<Conversation, Gift> all = new LinkedHashMap<>();
        List<Thread> hearing = new ArrayList<>();
        try {
            for (Path each : racers) {
                Connection connection = SocketPlace.of(each).connect(CrashServer.LIMIT);
                connection.greeted();
                connections.add(connection);
                hearing.add(CrashServer.background(() -> hear(connection, gifts)));
            }
            SocketTable table = new SocketTable();
            for (Conversation each : conversations.all()) {
                all.put(each, offer(each, table, connections, gifts));
            }
            StringBuilder given = new StringBuilder();
            for (Map.Entry<Conversation, Gift> each : all.entrySet()) {
                Gift gift = each.getValue();
                gift.await(patience, patience);
                while (gift.state() == Offer.State.OPEN) {
                    gift.settle(CrashServer.LIMIT);
                }
                faults.strike(Where.SETTLED);
                if (gift.state() == Offer.State.GIVEN) {
                    conversations.remove(each.getKey().number());
                }
                given.append(CrashServer.report(each.getKey().number(), gift));
            }
            finish(connections, hearing);
            return given.toString();
        } finally {
            for (Connection each : connections) {
                each.close();
            }
        }
    }

    /** Tells all that nothing more comes, and hears them out: those that are slow claim what is settled already. */
    private static void finish(List<Connection> racers, List<Thread> hearing) throws InterruptedException {
        for (Connection each : racers) {
            try {
                each.send(Frame.taken(0));
            } catch (IOException e) {
                // This one is gone.
            }
        }
        for (Thread each : hearing) {
            each.join(TOKEN_LIFETIME.multipliedBy(5).toMillis());
        }
    }

    private Gift offer(Conversation one, SocketTable table, List<Connection> racers, Map<Integer, Gift> gifts)
            throws IOException, GSSException {
        Parcel parcel = one.parcel();
        try (PassedSocket socket = table.find(parcel.socket())) {
            Offer offer = session.offer(parcel.context(), OPTIONS);
            Gift gift = new Gift(parcel, offer, one.number(), settled -> {});
            gifts.put(one.number(), gift);
            HandoffRecord record =
                    new HandoffRecord(offer.id(), socket.inode(), parcel.unread(), parcel.unwritten(), parcel.note());
            byte[] sealed = record.seal(sealer, offer.token().notAfter());
            Frame frame = Frame.offer(
                    new Offered(one.number(), CrashServer.LIMIT, offer.token().octets(), sealed));
            Faults.write(journal, one.number() + " " + offer.id().toHex());
            for (Connection racer : racers) {
                try {
                    racer.send(frame, socket.descriptor());
                } catch (IOException e) {
                    // This one is gone; the others race on.
                }
            }
            offer.token().close();
            faults.strike(Where.OFFERED);
            return gift;
        }
    }

    /** The first that says anything of a context has it settled: the claim store knows what is true. */
    private static void hear(Connection racer, Map<Integer, Gift> gifts) {
        try {
            while (true) {
                Answer answer = racer.receive().frame().answer();
                gifts.get(answer.number()).answered(answer);
            }
        } catch (IOException e) {
            // It is gone, or the race is over.
        }
    }
}
