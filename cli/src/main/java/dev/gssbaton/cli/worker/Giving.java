package dev.gssbaton.cli.worker;

import dev.gssbaton.Offer;
import dev.gssbaton.cli.Complaint;
import dev.gssbaton.handoff.Gift;
import dev.gssbaton.handoff.HandoffChannel;
import dev.gssbaton.handoff.HandoffOptions;
import dev.gssbaton.handoff.Parcel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** Gives all conversations of a worker to workers of another generation, a few at a time, so that none stands still for long. */
final class Giving {
    private static final int AT_ONCE = 16;
    private static final long PAUSE_MILLIS = 10;
    /** How long the rest of a message is waited for that is too long to be given in the middle. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Conversations conversations;
    private final HandoffOptions options;

    Giving(Conversations conversations, HandoffOptions options) {
        this.conversations = conversations;
        this.options = options;
    }

    /** Gives them, and tells the parent of each, and at the end how many have stayed and why. */
    void giveTo(List<Path> workers) {
        String why = "";
        List<HandoffChannel> channels = new ArrayList<>();
        try {
            for (Path worker : workers) {
                channels.add(HandoffChannel.connect(worker, options));
            }
            why = giveAll(channels);
        } catch (IOException | RuntimeException e) {
            why = Complaint.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            channels.forEach(HandoffChannel::close);
        }
        WorkerReport.of(WorkerReport.Kind.STOPPED_GIVING, String.valueOf(conversations.size()), why)
                .tell();
    }

    private String giveAll(List<HandoffChannel> channels) throws IOException, InterruptedException {
        long waiting = System.nanoTime();
        // The first at each worker takes longer, since nothing is compiled yet: one client waits for that, and not
        // many.
        for (int turn = 0; conversations.size() > 0; turn++) {
            List<Conversation> some = conversations.detach(turn < channels.size() ? 1 : AT_ONCE);
            if (!some.isEmpty()) {
                String why = give(some, channels.get(turn % channels.size()));
                if (!why.isEmpty()) {
                    return why;
                }
                waiting = System.nanoTime();
            } else if (System.nanoTime() - waiting > PATIENCE.toNanos()) {
                return "a message is too long to be given in the middle of it";
            } else {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        return "";
    }

    /** Gives some, and goes on with those that stay; returns why they do. */
    private String give(List<Conversation> some, HandoffChannel channel) throws IOException {
        IdentityHashMap<Parcel, Conversation> staying = new IdentityHashMap<>();
        List<Parcel> parcels = new ArrayList<>();
        for (Conversation conversation : some) {
            Parcel parcel = conversation.parcel();
            staying.put(parcel, conversation);
            parcels.add(parcel);
        }
        String why = "";
        try {
            for (Gift gift : channel.giveAll(parcels, gift -> {})) {
                while (gift.state() == Offer.State.OPEN) {
                    // Frozen until the claim store can be asked.
                    gift.settle(PATIENCE);
                }
                if (gift.state() == Offer.State.GIVEN) {
                    Conversation given = staying.remove(gift.parcel());
                    WorkerReport.of(WorkerReport.Kind.GAVE, given.session()).tell();
                } else {
                    why = gift.reason().orElse("it was not taken");
                }
            }
        } finally {
            staying.values().forEach(conversations::goOn);
        }
        return staying.isEmpty() || !why.isEmpty() ? why : "it could not be offered";
    }
}
