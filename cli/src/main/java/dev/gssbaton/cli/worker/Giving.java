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
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Gives all conversations of a worker to workers of another generation, a few at a time, so that none stands still for long. */
final class Giving {
    private static final int AT_ONCE = 16;
    private static final long PAUSE_MILLIS = 10;
    /** How long the rest of a message is waited for that is too long to be given in the middle. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Conversations conversations;
    private final HandoffOptions options;
    /** Those that were offered in vain, or could not be: they do not keep the others from being given. */
    private final Set<Conversation> staying = new HashSet<>();
    /** Why some stay; empty if none does. */
    private String why = "";

    Giving(Conversations conversations, HandoffOptions options) {
        this.conversations = conversations;
        this.options = options;
    }

    /** Gives them, and tells the parent of each, and at the end how many have stayed and why. */
    void giveTo(List<Path> workers) {
        List<HandoffChannel> channels = new ArrayList<>();
        try {
            for (Path worker : workers) {
                channels.add(HandoffChannel.connect(worker, options));
            }
            giveAll(channels);
        } catch (IOException | RuntimeException e) {
            why = Complaint.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            channels.forEach(HandoffChannel::close);
        }
        String left = String.valueOf(conversations.sizeWithout(Set.of()));
        WorkerReport.of(WorkerReport.Kind.STOPPED_GIVING, left, why).tell();
    }

    private void giveAll(List<HandoffChannel> channels) throws IOException, InterruptedException {
        long waiting = System.nanoTime();
        // The first at each worker takes longer, since nothing is compiled yet: one client waits for that, and not
        // many.
        for (int turn = 0; conversations.sizeWithout(staying) > 0; turn++) {
            List<Conversation> some = conversations.detach(turn < channels.size() ? 1 : AT_ONCE, staying);
            if (!some.isEmpty()) {
                if (!isAnyTaken(some, channels.get(turn % channels.size()))) {
                    return;
                }
                waiting = System.nanoTime();
            } else if (System.nanoTime() - waiting > PATIENCE.toNanos()) {
                why = "a message is too long to be given in the middle of it";
                return;
            } else {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    /** Gives some, and goes on with those that stay. False if the other worker has refused all that it was offered. */
    private boolean isAnyTaken(List<Conversation> some, HandoffChannel channel) throws IOException {
        Set<Conversation> left = new HashSet<>(some);
        boolean taken = false;
        boolean refused = false;
        try {
            IdentityHashMap<Parcel, Conversation> parcels = new IdentityHashMap<>();
            some.forEach(conversation -> parcels.put(conversation.parcel(), conversation));
            for (Gift gift : channel.giveAll(parcels.keySet(), gift -> {})) {
                while (gift.state() == Offer.State.OPEN) {
                    // Frozen until the claim store can be asked.
                    gift.settle(PATIENCE);
                }
                if (gift.state() == Offer.State.GIVEN) {
                    Conversation given = parcels.get(gift.parcel());
                    left.remove(given);
                    WorkerReport.of(WorkerReport.Kind.GAVE, given.session()).tell();
                    taken = true;
                } else {
                    why = gift.reason().orElse("it was not taken");
                    refused = true;
                }
            }
        } finally {
            staying.addAll(left);
            left.forEach(conversations::goOn);
        }
        if (!left.isEmpty() && why.isEmpty()) {
            why = "it could not be offered";
        }
        return taken || !refused;
    }
}
