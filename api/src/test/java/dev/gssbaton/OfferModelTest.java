package dev.gssbaton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every interleaving of a hand-over in two phases between one giver and two receivers, with crashes of each, messages that are cut and
 * answers of the store that are lost, run on the real objects. A state that was seen is not gone through again.
 */
class OfferModelTest {
    private static final OfferOptions AT_ONCE = OfferOptions.defaults().withPatience(Duration.ZERO);

    /** What can happen next. The receivers have one each of what is theirs. */
    private enum Step {
        GIVER_HEARS,
        GIVER_RESCUES,
        GIVER_RESCUES_AND_THE_ANSWER_IS_LOST,
        GIVER_CRASHES,
        CUT,
        ONE_PREPARES,
        ONE_CLAIMS,
        ONE_CLAIMS_AND_THE_ANSWER_IS_LOST,
        ONE_SAYS_TAKEN,
        ONE_LIVES,
        ONE_RENOUNCES,
        ONE_CRASHES,
        TWO_PREPARES,
        TWO_CLAIMS,
        TWO_CLAIMS_AND_THE_ANSWER_IS_LOST,
        TWO_SAYS_TAKEN,
        TWO_LIVES,
        TWO_RENOUNCES,
        TWO_CRASHES
    }

    /** A store that loses one answer when it is told to. */
    private static class Store extends ToyClaims {
        private boolean loseNext;

        @Override
        public ClaimOutcome claim(ClaimId token, PublicId claimant, Instant keepUntil) throws GSSException {
            ClaimOutcome outcome = super.claim(token, claimant, keepUntil);
            if (loseNext) {
                loseNext = false;
                return lost(outcome);
            }
            return outcome;
        }

        ClaimOutcome lost(ClaimOutcome outcome) throws GSSException {
            throw TransferFault.CLAIM_UNKNOWN.exception("the answer was lost");
        }
    }

    /** A planted mistake: whoever asks has it. */
    private static final class GivesToAll extends Store {
        @Override
        public ClaimOutcome claim(ClaimId token, PublicId claimant, Instant keepUntil) throws GSSException {
            super.claim(token, claimant, keepUntil);
            return ClaimOutcome.WON;
        }
    }

    /** A planted mistake: no answer is taken for a good one. */
    private static final class GuessesWon extends Store {
        @Override
        ClaimOutcome lost(ClaimOutcome outcome) {
            return ClaimOutcome.WON;
        }
    }

    /** A planted mistake: no answer is taken for a bad one. */
    private static final class GuessesLost extends Store {
        @Override
        ClaimOutcome lost(ClaimOutcome outcome) {
            return ClaimOutcome.LOST;
        }
    }

    /** One process that receives. */
    private static final class Receiver {
        private PreparedContext prepared;
        private BatonContext live;
        private boolean claimed;
        private boolean said;
        private boolean gone;
        private boolean renounced;
        private boolean lostAnswer;

        boolean mayClaim() {
            return !gone && prepared != null && !claimed;
        }

        String state() {
            return (prepared == null ? "-" : "p")
                    + (claimed ? "c" : "")
                    + (said ? "s" : "")
                    + (live == null ? "" : "L")
                    + (gone ? "x" : "")
                    + (renounced ? "r" : "")
                    + (lostAnswer ? "?" : "");
        }
    }

    /** All processes, and the messages under way: run from the beginning along a path of steps. */
    private static final class World {
        private final Store store;
        private final BatonManager manager;
        private final ToyPair pair;
        private final Offer offer;
        private final Receiver one = new Receiver();
        private final Receiver two = new Receiver();
        /** What is on its way to the giver: a receiver's name, or its word that it has taken it. */
        private final Deque<Optional<PublicId>> wire = new ArrayDeque<>();

        private boolean cut;
        private boolean giverGone;
        private boolean giverLostAnswer;
        /** Whose step put the claim on record. */
        private Object owner;

        World(BatonManager manager, Store store) throws GSSException {
            this.manager = manager;
            this.store = store;
            pair = ToyPair.establish(manager);
            offer = pair.acceptor().offer(AT_ONCE);
        }

        boolean enabled(Step step) {
            boolean open = !giverGone && offer.state() == Offer.State.OPEN;
            return switch (step) {
                case GIVER_HEARS -> open && !wire.isEmpty();
                case GIVER_RESCUES -> open;
                case GIVER_RESCUES_AND_THE_ANSWER_IS_LOST -> open && !giverLostAnswer;
                case GIVER_CRASHES -> !giverGone;
                case CUT -> !cut;
                case ONE_PREPARES -> !one.gone && one.prepared == null;
                case ONE_CLAIMS -> one.mayClaim();
                case ONE_CLAIMS_AND_THE_ANSWER_IS_LOST -> one.mayClaim() && !one.lostAnswer;
                case ONE_SAYS_TAKEN -> !one.gone && one.claimed && !one.said;
                case ONE_LIVES -> !one.gone && one.claimed && one.said && one.live == null;
                case ONE_RENOUNCES -> !one.gone && one.prepared != null && !one.said;
                case ONE_CRASHES -> !one.gone && one.prepared != null;
                // Both are alike, so that either may be called the first.
                case TWO_PREPARES -> !two.gone && two.prepared == null && one.prepared != null;
                case TWO_CLAIMS -> two.mayClaim();
                case TWO_CLAIMS_AND_THE_ANSWER_IS_LOST -> two.mayClaim() && !two.lostAnswer;
                case TWO_SAYS_TAKEN -> !two.gone && two.claimed && !two.said;
                case TWO_LIVES -> !two.gone && two.claimed && two.said && two.live == null;
                case TWO_RENOUNCES -> !two.gone && two.prepared != null && !two.said;
                case TWO_CRASHES -> !two.gone && two.prepared != null;
            };
        }

        void run(Step step) throws GSSException {
            act(step);
            if (owner == null && store.owner(offer.id()).isPresent()) {
                owner = step.name().startsWith("ONE") ? one : step.name().startsWith("TWO") ? two : offer;
            }
        }

        private void act(Step step) throws GSSException {
            switch (step) {
                case GIVER_HEARS -> {
                    Optional<PublicId> heard = wire.remove();
                    if (heard.isEmpty()) {
                        offer.taken();
                    } else {
                        offer.renounced(heard.get());
                    }
                }
                case GIVER_RESCUES -> offer.rescue();
                case GIVER_RESCUES_AND_THE_ANSWER_IS_LOST -> {
                    giverLostAnswer = true;
                    store.loseNext = true;
                    try {
                        offer.rescue();
                    } catch (GSSException e) {
                        assertEquals(Optional.of(TransferFault.CLAIM_UNKNOWN), TransferFault.of(e));
                    }
                    store.loseNext = false;
                }
                case GIVER_CRASHES -> giverGone = true;
                case CUT -> {
                    cut = true;
                    wire.clear();
                }
                case ONE_PREPARES -> prepare(one);
                case ONE_CLAIMS -> claim(one);
                case ONE_CLAIMS_AND_THE_ANSWER_IS_LOST -> claimAndLose(one);
                case ONE_SAYS_TAKEN -> say(one, Optional.empty());
                case ONE_LIVES -> one.live = one.prepared.live();
                case ONE_RENOUNCES -> renounce(one);
                case ONE_CRASHES -> one.gone = true;
                case TWO_PREPARES -> prepare(two);
                case TWO_CLAIMS -> claim(two);
                case TWO_CLAIMS_AND_THE_ANSWER_IS_LOST -> claimAndLose(two);
                case TWO_SAYS_TAKEN -> say(two, Optional.empty());
                case TWO_LIVES -> two.live = two.prepared.live();
                case TWO_RENOUNCES -> renounce(two);
                case TWO_CRASHES -> two.gone = true;
            }
        }

        private void prepare(Receiver receiver) throws GSSException {
            receiver.prepared = manager.prepareContext(offer.token().octets(), ImportOptions.any());
        }

        private void claim(Receiver receiver) {
            try {
                receiver.prepared.claim();
                receiver.claimed = true;
            } catch (GSSException e) {
                // It lost, and is erased; or it does not know, and may ask again.
                boolean unknown = TransferFault.of(e).equals(Optional.of(TransferFault.CLAIM_UNKNOWN));
                receiver.gone = !unknown;
            }
        }

        private void claimAndLose(Receiver receiver) {
            receiver.lostAnswer = true;
            store.loseNext = true;
            claim(receiver);
            store.loseNext = false;
        }

        private void say(Receiver receiver, Optional<PublicId> word) {
            receiver.said = true;
            if (!cut) {
                wire.add(word);
            }
        }

        private void renounce(Receiver receiver) {
            receiver.renounced = true;
            say(receiver, Optional.of(receiver.prepared.renounce()));
            receiver.gone = true;
        }

        private static boolean lives(BatonContext context) {
            if (context == null) {
                return false;
            }
            try {
                context.wrap(new byte[1], 0, 1, new MessageProp(true));
                return true;
            } catch (GSSException e) {
                return false;
            }
        }

        int living() {
            int living = !giverGone && lives(pair.acceptor()) ? 1 : 0;
            living += !one.gone && lives(one.live) ? 1 : 0;
            living += !two.gone && lives(two.live) ? 1 : 0;
            return living;
        }

        /** Whether nothing but crashes can still happen to the context. */
        boolean isSettled() {
            Set<Step> left = EnumSet.allOf(Step.class);
            left.removeIf(step -> !enabled(step));
            left.removeAll(EnumSet.of(Step.GIVER_CRASHES, Step.ONE_CRASHES, Step.TWO_CRASHES, Step.CUT));
            return left.isEmpty();
        }

        /** Whether its owner died; or gave it back, and was not heard before the giver had decided. */
        boolean hasExcuse() {
            return owner == one ? one.gone : owner == two ? two.gone : giverGone;
        }

        /** All that decides what may still happen. */
        String state() {
            String holder = owner == null ? "nobody" : owner == one ? "one" : owner == two ? "two" : "giver";
            return offer.state() + (giverGone ? "x" : "") + (giverLostAnswer ? "?" : "") + (cut ? "cut" : "") + " "
                    + one.state() + " " + two.state() + " "
                    + wire.stream().map(Optional::isPresent).toList() + " " + holder
                    + " " + living();
        }
    }

    /** Claims are refused thousands of times here; the log says nothing new. */
    private static final Logger LOG = Logger.getLogger("dev.gssbaton");

    @BeforeAll
    static void silence() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void speak() {
        LOG.setLevel(null);
    }

    /** Goes through all states, until something of a kind is wrong, and says what; or that nothing is, and how many there are. */
    private static String explore(Store store) throws GSSException {
        BatonManager manager = BatonManager.builder()
                .keys(new ToyKeys())
                .claims(store)
                .exporter(new ToyExporter())
                .build();
        Set<String> seen = new HashSet<>();
        Deque<List<Step>> paths = new ArrayDeque<>();
        paths.add(List.of());
        while (!paths.isEmpty()) {
            List<Step> path = paths.remove();
            World world = new World(manager, store);
            for (Step step : path) {
                world.run(step);
            }
            if (!seen.add(world.state())) {
                continue;
            }
            if (world.living() > 1) {
                return "live twice after " + path;
            }
            if (world.isSettled() && world.living() == 0 && !world.hasExcuse()) {
                return "lost after " + path;
            }
            for (Step step : Step.values()) {
                if (world.enabled(step)) {
                    List<Step> next = new ArrayList<>(path);
                    next.add(step);
                    paths.add(next);
                }
            }
        }
        return "nothing in " + seen.size() + " states";
    }

    @Test
    void noInterleavingMakesAContextLiveTwiceOrLosesIt() throws GSSException {
        String found = explore(new Store());
        assertTrue(found.matches("nothing in [1-9][0-9]{2,} states"), found);
    }

    @Test
    void aStoreThatGivesToAllIsFound() throws GSSException {
        assertBegins("live twice", explore(new GivesToAll()));
    }

    @Test
    void aStoreThatTakesNoAnswerForAGoodOneIsFound() throws GSSException {
        assertBegins("live twice", explore(new GuessesWon()));
    }

    @Test
    void aStoreThatTakesNoAnswerForABadOneIsFound() throws GSSException {
        assertBegins("lost", explore(new GuessesLost()));
    }

    private static void assertBegins(String beginning, String found) {
        assertTrue(found.startsWith(beginning), found);
    }
}
