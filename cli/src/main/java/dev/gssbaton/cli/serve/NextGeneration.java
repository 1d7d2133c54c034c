package dev.gssbaton.cli.serve;

import dev.gssbaton.Offer;
import dev.gssbaton.cli.worker.Receivers;
import dev.gssbaton.cli.worker.SessionListener;
import dev.gssbaton.cli.worker.SessionNote;
import dev.gssbaton.handoff.Gift;
import dev.gssbaton.handoff.HandoffChannel;
import dev.gssbaton.handoff.HandoffOptions;
import dev.gssbaton.handoff.Parcel;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.ietf.jgss.GSSException;

/** The workers of the process that takes over: contexts that were being established go to them. */
final class NextGeneration implements Receivers, Closeable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<HandoffChannel> workers = new ArrayList<>();
    private final String name;
    private final SessionListener sessions;
    private final Receivers otherwise;
    private final AtomicInteger turn = new AtomicInteger();

    /**
     * Connects to the workers.
     *
     * @param pid the process that takes over
     * @param sockets where its workers take hand-overs
     * @param options how
     * @param sessions told of what was given
     * @param otherwise given what they do not take
     */
    NextGeneration(long pid, List<Path> sockets, HandoffOptions options, SessionListener sessions, Receivers otherwise)
            throws IOException {
        this.name = "process " + pid;
        this.sessions = sessions;
        this.otherwise = otherwise;
        boolean done = false;
        try {
            for (Path socket : sockets) {
                workers.add(HandoffChannel.connect(socket, options));
            }
            done = true;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    @Override
    public String give(Parcel parcel, SessionNote session) throws GSSException, IOException, InterruptedException {
        if (isTaken(parcel.withNote(session.encode()))) {
            sessions.moved(session);
            return name;
        }
        return otherwise.give(parcel, session);
    }

    private boolean isTaken(Parcel parcel) throws GSSException {
        HandoffChannel worker = workers.get(Math.floorMod(turn.getAndIncrement(), workers.size()));
        try {
            Gift gift = worker.give(parcel);
            while (gift.state() == Offer.State.OPEN) {
                gift.settle(PATIENCE);
            }
            return gift.state() == Offer.State.GIVEN;
        } catch (IOException e) {
            return false; // it was not offered
        }
    }

    @Override
    public void close() {
        workers.forEach(HandoffChannel::close);
    }
}
