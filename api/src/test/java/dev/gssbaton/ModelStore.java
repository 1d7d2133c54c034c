package dev.gssbaton;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.ietf.jgss.GSSException;

/**
 * The claim store of a model, for one token, with its clock and the machine's. What is asked of it during an operation waits:
 * the operation is broken off, whatever others do is done, and it is run again with the same answers as before and one more.
 */
final class ModelStore extends Clock implements ClaimStore {
    static final Duration LIFETIME = Duration.ofMinutes(1);
    /** The times that matter: the token is good, has expired, its offer is too old, its record may be swept. */
    static final List<Duration> STAGES =
            List.of(Duration.ZERO, Duration.ofSeconds(70), Duration.ofSeconds(371), Duration.ofSeconds(3_700));

    static final int LAST_STAGE = STAGES.size() - 1;

    private static final Instant BEGAN = Instant.parse("2026-01-31T12:00:00Z");
    private static final PublicId ID = new PublicId(1, 2);

    /** Says that an operation waits for the store. No exception, so that nothing that is tested takes it for a failure. */
    static final class Waiting extends Error {
        private static final long serialVersionUID = 1;

        private final transient Question question;

        Waiting(Question question) {
            super(null, null, false, false);
            this.question = question;
        }

        Question question() {
            return question;
        }
    }

    /** What is asked. */
    enum Question {
        TIME,
        CLAIM
    }

    /** What comes of a question. */
    enum Reply {
        /** The answer. */
        ANSWER,
        /** The claim is recorded or found, and the answer is lost. */
        LOST_ANSWER,
        /** There is no answer, and the claim may be recorded later. */
        DELAYED,
        /** The store cannot be reached. */
        REFUSED
    }

    /** The answers that an operation has had, and what comes of its next question. */
    static final class Tape {
        private final List<Object> answers = new ArrayList<>();
        private Question last;
        private int read;
        private Reply next;

        /** Winds it back, with what comes of the question that was not answered yet; null if it is only to be asked. */
        void rewind(Reply reply) {
            read = 0;
            next = reply;
        }

        @Override
        public String toString() {
            return answers.toString();
        }
    }

    private int wall;
    private int machine;
    private boolean everOld;
    private Tape tape;

    private PublicId record;
    private final List<PublicId> delayed = new ArrayList<>();
    private final List<PublicId> winners = new ArrayList<>();

    /** Begins anew. */
    void reset() {
        wall = 0;
        machine = 0;
        everOld = false;
        tape = null;
        record = null;
        delayed.clear();
        winners.clear();
    }

    /** Lets an operation ask. */
    void insert(Tape inserted) {
        tape = inserted;
    }

    // What happens to the store

    /** Lets time pass to the next stage, for all clocks. */
    void advance() {
        wall++;
        machine = Math.min(machine + 1, LAST_STAGE);
        everOld |= wall >= 2 || machine >= 2;
    }

    /** Sets the store's clock, which is the host's, back to the beginning. The machine's own goes on. */
    void setBack() {
        wall = 0;
    }

    int wall() {
        return wall;
    }

    int machine() {
        return machine;
    }

    /** Says whether by some clock the offer has been too old. */
    boolean hasBeenOld() {
        return everOld;
    }

    /** Reads the machine's clock. */
    long nanos() {
        return (Long) ask(Question.TIME, reply -> STAGES.get(Math.min(machine, LAST_STAGE))
                .toNanos());
    }

    void sweep() {
        record = null;
    }

    void arrive() {
        create(delayed.remove(0));
    }

    private void create(PublicId claimant) {
        if (record == null) {
            record = claimant;
            winners.add(claimant);
        }
    }

    PublicId record() {
        return record;
    }

    List<PublicId> delayed() {
        return delayed;
    }

    /** Who has ever been recorded, in this order. */
    List<PublicId> winners() {
        return winners;
    }

    // What is asked

    @Override
    public Instant instant() {
        return (Instant) ask(Question.TIME, this::time);
    }

    @Override
    public Instant now() {
        return instant();
    }

    private Object time(Reply reply) {
        return BEGAN.plus(STAGES.get(wall));
    }

    @Override
    public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
        Object answer = ask(Question.CLAIM, reply -> claimed(reply, claimant));
        if (answer instanceof ClaimOutcome outcome) {
            return outcome;
        }
        throw ((TransferFault) answer).exception();
    }

    private Object claimed(Reply reply, PublicId claimant) {
        switch (reply) {
            case ANSWER, LOST_ANSWER -> create(claimant);
            case DELAYED -> delayed.add(claimant);
            case REFUSED -> {
                return TransferFault.CLAIMS_UNUSABLE;
            }
        }
        if (reply != Reply.ANSWER) {
            return TransferFault.CLAIM_UNKNOWN;
        }
        return claimant.equals(record) ? ClaimOutcome.WON : ClaimOutcome.LOST;
    }

    private interface Effect {
        Object of(Reply reply);
    }

    private Object ask(Question question, Effect effect) {
        if (tape == null) {
            return effect.of(Reply.ANSWER);
        }
        if (tape.read == tape.answers.size()) {
            // Whoever reads one clock after the other reads both at once.
            boolean again = question == Question.TIME && tape.last == Question.TIME;
            if (tape.next == null && !again) {
                throw new Waiting(question);
            }
            tape.answers.add(effect.of(again ? Reply.ANSWER : tape.next));
            tape.last = question;
            tape.next = again ? tape.next : null;
        }
        return tape.answers.get(tape.read++);
    }

    @Override
    public PublicId id() {
        return ID;
    }

    @Override
    public String scope() {
        return "this model";
    }

    @Override
    public Instant since() {
        return BEGAN;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
    }
}
