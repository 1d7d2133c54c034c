package dev.gssbaton.handoff;

import dev.gssbaton.BatonManager;
import dev.gssbaton.Offer;
import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.handoff.Conversations.Conversation;
import dev.gssbaton.handoff.Faults.What;
import dev.gssbaton.handoff.Faults.Where;
import dev.gssbaton.peers.Frames;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process that serves conversations, gives them all and takes them, over a channel or in a race, and does to itself what it is told.
 * One line on its input is one command.
 */
final class CrashServer {
    static final Duration LIMIT = Duration.ofMillis(700);
    static final Duration TOKEN_LIFETIME = Duration.ofSeconds(3);

    private final Faults faults = new Faults(this::cut);
    private final Conversations conversations;
    private final HandoffOptions options;
    private final Race race;
    private final Frames parent = Frames.toParent();

    /** Tokens whose contexts have become live here. */
    private final List<String> lived = Collections.synchronizedList(new ArrayList<>());

    private volatile HandoffChannel channel;

    private CrashServer(Path directory, String name) throws IOException {
        BatonManager manager = BatonManager.builder()
                .claims(faults.around(HostClaims.in(directory.resolve("claims")), directory.resolve(name + ".asked")))
                .tokenLifetime(TOKEN_LIFETIME)
                .clock(faults.clock())
                .build();
        conversations = new Conversations(manager);
        options = HandoffOptions.of(manager)
                .withLimit(LIMIT)
                .withWindow(64)
                .withPolicy(PeerPolicy.sameAccount().and(peer -> {
                    faults.strike(Where.POLICY);
                    return Optional.empty();
                }));
        race = new Race(manager, faults, conversations, directory.resolve(name + ".offered"));
    }

    public static void main(String[] arguments) throws Exception {
        new CrashServer(Path.of(arguments[0]), arguments[1]).run();
    }

    private void cut() {
        HandoffChannel cut = channel;
        if (cut != null) {
            cut.close();
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
            conversations.serve();
        }
    }

    private void perform(String[] words) throws Exception {
        switch (words[0]) {
            case "port" -> parent.println(Integer.toString(conversations.port()));
            case "fault" -> {
                lived.clear();
                race.begin();
                faults.arm(Where.valueOf(words[1]), What.valueOf(words[2]), Integer.parseInt(words[3]));
                parent.println("ok");
            }
            case "take" -> {
                HandoffListener socket = HandoffListener.bind(Path.of(words[1]), options);
                background(() -> take(socket));
                parent.println("ok");
            }
            case "give" -> parent.println("given" + give(Path.of(words[1])));
            case "race" -> {
                race.enter(Path.of(words[1]));
                parent.println("ok");
            }
            case "offer" ->
                parent.println("given"
                        + race.offer(
                                Duration.ofMillis(Long.parseLong(words[1])),
                                Arrays.stream(words).skip(2).map(Path::of).toList()));
            case "census" -> parent.println(census());
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    /** Says what it serves, which claims it has won that came to nothing, and which of those it gave back. */
    private String census() {
        List<String> nothing = new ArrayList<>(faults.won());
        nothing.removeAll(lived);
        nothing.removeAll(race.lived());
        StringBuilder census = new StringBuilder(channel == null && !race.isUnderWay() ? "live" : "busy");
        conversations.numbers().forEach(number -> census.append(' ').append(number));
        census.append(" won");
        nothing.forEach(token -> census.append(' ').append(token));
        census.append(" renounced");
        race.renounced().forEach(token -> census.append(' ').append(token));
        return census.toString();
    }

    static Thread background(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void take(HandoffListener socket) {
        try (socket;
                HandoffChannel accepted = socket.accept()) {
            channel = accepted;
            while (true) {
                Handoff taken = accepted.take();
                faults.strike(Where.TAKEN);
                conversations.add(taken.context(), taken.socket(), taken.unread(), taken.unwritten(), taken.note());
                lived.add(taken.token().toHex());
            }
        } catch (IOException e) {
            // The channel has ended.
        } finally {
            channel = null;
        }
    }

    /** Gives all that it serves, and goes on with what it keeps. */
    private String give(Path path) {
        IdentityHashMap<Parcel, Conversation> all = new IdentityHashMap<>();
        List<Parcel> parcels = new ArrayList<>();
        for (Conversation each : conversations.all()) {
            Parcel parcel = each.parcel();
            parcels.add(parcel);
            all.put(parcel, each);
        }
        StringBuilder given = new StringBuilder();
        try (HandoffChannel connected = HandoffChannel.connect(path, options)) {
            channel = connected;
            connected.giveAll(parcels, gift -> {
                faults.strike(Where.SETTLED);
                given.append(settled(all.get(gift.parcel()).number(), gift));
            });
        } catch (IOException e) {
            return "";
        } finally {
            channel = null;
        }
        return given.toString();
    }

    private String settled(int number, Gift gift) {
        if (gift.state() == Offer.State.GIVEN) {
            conversations.remove(number);
        }
        return report(number, gift);
    }

    /** Says what became of one. */
    static String report(int number, Gift gift) {
        return " " + number + ":" + gift.id().toHex() + ":" + gift.state();
    }
}
