package dev.gssbaton.handoff;

import dev.gssbaton.seal.RecipientKeys;
import dev.gssbaton.seal.SessionKeyPair;
import dev.gssbaton.spi.PublicId;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.ietf.jgss.GSSException;

/** What both ends say to each other first, after each has looked who the other is: whether it is allowed, and a public key. */
final class Greeting {
    /** Which end is which: the one that connected encapsulates the session's keys. */
    enum End {
        CONNECTED,
        ACCEPTED
    }

    private final Connection connection;
    private final Peer peer;
    private final HandoffOptions options;

    Greeting(Connection connection, Peer peer, HandoffOptions options) {
        this.connection = connection;
        this.peer = peer;
        this.options = options;
    }

    /** Greets the peer within the limit of the options. */
    RecipientKeys exchange(End end, PublicId store) throws IOException, GSSException {
        return exchange(end, store, options.limit());
    }

    /** Greets the peer in time, and agrees with it on the keys of the session, which the caller closes. */
    RecipientKeys exchange(End end, PublicId store, Duration limit) throws IOException, GSSException {
        Optional<String> refusal = refusal();
        if (refusal.isPresent()) {
            refuse();
            throw new HandoffRefusedException("this process's policy does not allow process " + peer.pid()
                    + " of account " + peer.uid() + ": " + refusal.get());
        }
        Connection.Watch watch = connection.watch(limit);
        try {
            RecipientKeys keys = agree(end, store);
            connection.greeted();
            HandoffLog.debug("process {0} of account {1} is allowed", peer.pid(), peer.uid());
            return keys;
        } catch (IOException e) {
            throw watch.isLate()
                    ? new IOException("process " + peer.pid() + " has not greeted within " + options.limit(), e)
                    : e;
        } finally {
            watch.close();
        }
    }

    private RecipientKeys agree(End end, PublicId store) throws IOException, GSSException {
        try (SessionKeyPair pair = SessionKeyPair.draw(new SecureRandom())) {
            Frame own = Frame.hello(store, pair.publicKey());
            // The one that was connected to speaks first: who writes to a peer that has refused and closed hears
            // nothing more.
            if (end == End.ACCEPTED) {
                connection.send(own);
            }
            Frame hello = next(FrameType.HELLO);
            if (!hello.store().equals(store)) {
                throw new IOException("process " + peer.pid() + " claims in store " + hello.store()
                        + ", and this process in " + store + ": both need one claim store");
            }
            if (end == End.CONNECTED) {
                connection.send(own);
                return encapsulate(pair, hello.publicKey());
            }
            return pair.decapsulate(hello.publicKey(), next(FrameType.KEYS).body());
        }
    }

    private void refuse() {
        try {
            connection.send(Frame.refused());
        } catch (IOException e) {
            HandoffLog.debug("process {0} could not be told that it is refused: {1}", peer.pid(), e.getMessage());
        }
    }

    private RecipientKeys encapsulate(SessionKeyPair pair, byte[] publicKey) throws IOException, GSSException {
        RecipientKeys keys = pair.encapsulate(publicKey);
        boolean sent = false;
        try {
            connection.send(Frame.keys(keys.message()));
            sent = true;
            return keys;
        } finally {
            if (!sent) {
                keys.close();
            }
        }
    }

    private Frame next(FrameType expected) throws IOException {
        Frame frame = connection.receive().frame();
        if (frame.type() == FrameType.REFUSED) {
            throw new HandoffRefusedException("the policy of process " + peer.pid() + " of account " + peer.uid()
                    + " does not allow this process; its log says why");
        }
        if (frame.type() != expected) {
            throw new IOException("the peer sends " + frame.type() + " where " + expected + " belongs");
        }
        return frame;
    }

    private Optional<String> refusal() {
        try {
            return options.policy().refusal(peer);
        } catch (IOException | RuntimeException e) {
            return Optional.of("the policy failed: " + e.getMessage());
        }
    }
}
