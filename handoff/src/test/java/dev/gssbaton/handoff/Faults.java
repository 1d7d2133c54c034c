package dev.gssbaton.handoff;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.ietf.jgss.GSSException;

/**
 * What befalls this process: it dies, stops, is cut off or has its clock jump, once, at a step of the protocol and after a number of
 * contexts.
 */
final class Faults {
    /** Where it strikes. */
    enum Where {
        NOWHERE,
        POLICY,
        OFFERED,
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

    private static final Duration JUMP = Duration.ofHours(3);

    private final Runnable cut;
    private final List<String> won = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger countdown = new AtomicInteger();
    private volatile Where where = Where.NOWHERE;
    private volatile What what = What.DIE;
    private volatile Duration ahead = Duration.ZERO;

    /**
     * Begins with none.
     *
     * @param cut how this process is cut off
     */
    Faults(Runnable cut) {
        this.cut = cut;
    }

    /** Has one strike; the clock is right until then. */
    void arm(Where where, What what, int after) {
        this.where = Where.NOWHERE;
        ahead = Duration.ZERO;
        won.clear();
        countdown.set(after);
        this.what = what;
        this.where = where;
    }

    /** The tokens whose claims this process has won since one was armed. */
    List<String> won() {
        return List.copyOf(won);
    }

    /** This step is reached. */
    void strike(Where now) {
        if (where != now || countdown.decrementAndGet() != 0) {
            return;
        }
        switch (what) {
            case DIE -> Runtime.getRuntime().halt(137);
            case STOP -> stop();
            case CUT -> cut.run();
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

    /** The system's clock, until it jumps. */
    Clock clock() {
        return new Clock() {
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
        };
    }

    /** Has claims of tokens be steps at which faults strike, and keeps a journal of them that outlives this process. */
    ClaimStore around(ClaimStore store, Path journal) {
        return new ClaimStore() {
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
                if (id.toBytes().length != 24) { // An authenticator of the mechanism's.
                    return store.claim(id, claimant, keepUntil);
                }
                write(journal, id.toHex());
                strike(Where.CLAIM_BEFORE);
                ClaimOutcome outcome = store.claim(id, claimant, keepUntil);
                strike(Where.CLAIM_AFTER);
                if (outcome == ClaimOutcome.WON) {
                    won.add(id.toHex());
                }
                return outcome;
            }
        };
    }

    /** Adds a line to a journal. */
    static void write(Path journal, String line) {
        try {
            Files.writeString(journal, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
