package dev.gssbaton;

import dev.gssbaton.ModelStore.Question;
import dev.gssbaton.ModelStore.Reply;
import dev.gssbaton.ModelStore.Tape;
import dev.gssbaton.ModelStore.Waiting;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.ietf.jgss.GSSException;

/**
 * Every run of a hand-over: an exporter, its receiver, and a third process with a copy of the token, in every order of their
 * steps, with clocks that move and are set back, a store that does not answer, answers late or forgets, a connection that is
 * cut, and processes that die, up to the limits given. {@code docs/handover-model.md} says what each step stands for.
 *
 * <p>The steps call what is published ({@link Offer}, {@link PreparedContext}), which asks a {@link ModelStore}. A run is a list
 * of steps, and is made again from the beginning for each of its continuations; what looks alike to all that comes is
 * continued once.
 */
final class HandoverModel {
    /**
     * Which processes there are, and how much goes wrong in a run.
     *
     * @param stranger whether there is a third process
     * @param faults how often the store does not answer as it should
     * @param crashes how many processes die
     * @param cuts how often the connection is cut
     * @param setBacks how often the clock is set back
     */
    record Limits(boolean stranger, int faults, int crashes, int cuts, int setBacks) {}

    /** Something that must never be, and how it came. */
    static final class Violation extends Exception {
        private static final long serialVersionUID = 1;

        Violation(String what, List<String> run) {
            super(what + ", after " + String.join(", ", run));
        }
    }

    private enum Party {
        EXPORTER,
        RECEIVER,
        STRANGER
    }

    /** Where an importer is. */
    private enum Phase {
        WAITING,
        PREPARED,
        CLAIMED,
        /** It is claimed, and the exporter has been told. */
        TOLD,
        LIVE,
        /** It has erased its own and has not said so yet. */
        ERASED,
        ENDED
    }

    /** What the exporter was told. */
    private enum Message {
        TAKEN,
        RENOUNCED,
        DECLINED
    }

    private static final class Importer {
        private Phase phase = Phase.WAITING;
        private ModelTaker taker;
        private Operation claiming;
        private PublicId name;
        /** Whether it gave up of its own will, or won too late: then what it had is nobody's any more. */
        private boolean gaveUp;
    }

    /** An operation that asks the store. */
    private static final class Operation {
        private final Tape tape = new Tape();
        private Question question;

        @Override
        public String toString() {
            return tape.toString() + question;
        }
    }

    private interface Call {
        void run() throws GSSException;
    }

    private static final class Wrong extends Exception {
        private static final long serialVersionUID = 1;

        Wrong(String what) {
            super(what);
        }
    }

    private final Limits limits;
    private final HandoverMistake mistake;
    private final ModelGiver.Maker giverMaker;
    private final ModelTaker.Maker takerMaker;
    private final ModelStore store = new ModelStore();
    private final BatonManager manager;
    private final Set<String> seen = new HashSet<>();

    // One run
    private ModelGiver giver;
    private byte[] token;
    private Operation settling;
    private Message heard;
    private boolean renouncedInTime;
    /** The exporter asks only whether anybody has claimed. */
    private boolean looking;
    /** The exporter has asked for good. */
    private boolean asksForGood;
    /** In whose names the exporter has asked: it asks in them again. */
    private final Set<Party> asked = new TreeSet<>();
    /** Whose names they are. */
    private final Map<PublicId, Party> names = new HashMap<>();

    private final Map<Party, Importer> importers = new EnumMap<>(Party.class);
    private final List<Message> connection = new ArrayList<>();
    private boolean cut;
    private final Set<Party> dead = new TreeSet<>();
    private final Set<Party> everLive = new TreeSet<>();
    private int faults;
    private int setBacks;
    private boolean swept;

    /** Takes a mistake, or none. */
    HandoverModel(Limits limits, HandoverMistake mistake) {
        this.limits = limits;
        this.mistake = mistake;
        this.giverMaker = mistake.giver();
        this.takerMaker = mistake.taker();
        this.manager = BatonManager.builder()
                .mechanism(new ToyMechanism())
                .exporter(new ToyExporter())
                .keys(new ToyKeys())
                .claims(store)
                .clock(store)
                .tokenLifetime(ModelStore.LIFETIME)
                .random(new SecureRandom())
                .build();
    }

    /**
     * Searches all runs.
     *
     * @return how many states there are
     * @throws Violation if one must not be
     */
    int search() throws Violation, GSSException {
        List<String> run = new ArrayList<>();
        begin();
        continueFrom(run);
        return seen.size();
    }

    private void continueFrom(List<String> run) throws Violation, GSSException {
        if (!seen.add(key())) {
            return;
        }
        boolean here = true;
        for (String step : steps()) {
            try {
                if (!here) {
                    begin();
                    for (String earlier : run) {
                        take(earlier);
                    }
                }
                here = false;
                run.add(step);
                take(step);
                requireOneOwner();
                if (isAtRest()) {
                    requireNothingLost();
                }
            } catch (Wrong e) {
                throw new Violation(e.getMessage(), run);
            }
            continueFrom(run);
            run.remove(run.size() - 1);
        }
    }

    // A run

    private void begin() throws GSSException {
        store.reset();
        store.insert(null);
        BatonContext context = ToyPair.establish(manager).acceptor();
        Offer frozen = context.offer(OfferOptions.defaults());
        token = frozen.token().octets().clone();
        TokenClaim claim = manager.transfer().claim(frozen.token());
        OfferAge age = OfferAge.begin(store, store::nanos);
        giver = giverMaker.of(new ModelGiver.Parts(context, frozen.token(), claim, age));
        settling = null;
        heard = null;
        renouncedInTime = false;
        looking = false;
        asksForGood = false;
        asked.clear();
        names.clear();
        names.put(claim.claimant(), Party.EXPORTER);
        importers.clear();
        importers.put(Party.RECEIVER, new Importer());
        if (limits.stranger()) {
            importers.put(Party.STRANGER, new Importer());
        }
        connection.clear();
        cut = false;
        dead.clear();
        everLive.clear();
        faults = 0;
        setBacks = 0;
        swept = false;
    }

    /** What the future depends on. */
    private String key() {
        StringBuilder key = new StringBuilder(200);
        for (Importer importer : importers.values()) {
            key.append(importer.phase).append(importer.claiming).append(importer.gaveUp ? '!' : ' ');
        }
        key.append(giver.state()).append(settling).append(heard).append(asked);
        key.append(renouncedInTime)
                .append(looking)
                .append(asksForGood)
                .append(connection)
                .append(cut)
                .append(dead)
                .append(everLive);
        key.append(faults).append(setBacks).append(swept);
        key.append(store.wall()).append(store.machine()).append(store.hasBeenOld());
        key.append(store.record() == null ? "-" : names.get(store.record()));
        store.delayed().forEach(name -> key.append(names.get(name)));
        store.winners().forEach(name -> key.append(names.get(name)));
        return key.toString();
    }

    /** Gives all that can come next. */
    private List<String> steps() {
        List<String> steps = new ArrayList<>();
        if (giver.state() == Offer.State.OPEN && !dead.contains(Party.EXPORTER)) {
            exporterSteps(steps);
        }
        importers.forEach((process, importer) -> {
            if (!dead.contains(process)) {
                importerSteps(process, importer, steps);
            }
        });
        if (isAtRest()) {
            return steps;
        }
        if (!store.delayed().isEmpty()) {
            steps.add("the late claim arrives");
        }
        if (store.wall() < ModelStore.LAST_STAGE) {
            steps.add("time passes");
        } else if (store.record() != null) {
            steps.add("the record is swept");
        }
        if (setBacks < limits.setBacks() && store.wall() > 0 && !(swept && mayClaimYet())) {
            steps.add("the clock is set back");
        }
        if (!cut && limits.cuts() > 0) {
            steps.add("the connection is cut");
        }
        if (dead.size() < limits.crashes()) {
            for (Party process : Party.values()) {
                if (!dead.contains(process) && isAtWork(process)) {
                    steps.add(process + " dies");
                }
            }
        }
        return steps;
    }

    /**
     * Whether an importer may still win a claim. A clock that is set forward until records are swept, and then back while the
     * token is good, frees claims for it in this store, which has no floor: that is left out.
     */
    private boolean mayClaimYet() {
        return importers.entrySet().stream()
                .anyMatch(each -> !dead.contains(each.getKey())
                        && (each.getValue().phase == Phase.WAITING || each.getValue().phase == Phase.PREPARED));
    }

    private boolean isAtWork(Party process) {
        if (process == Party.EXPORTER) {
            return giver.state() == Offer.State.OPEN;
        }
        Importer importer = importers.get(process);
        return importer != null && importer.phase != Phase.ENDED;
    }

    private void exporterSteps(List<String> steps) {
        if (settling != null) {
            replies(Party.EXPORTER, settling, steps);
            return;
        }
        if (heard == null && !connection.isEmpty()) {
            steps.add("EXPORTER hears");
        }
        if (heard == null && !cut) {
            steps.add("EXPORTER looks");
        }
        steps.add("EXPORTER settles");
    }

    private void importerSteps(Party process, Importer importer, List<String> steps) {
        if (importer.claiming != null) {
            replies(process, importer.claiming, steps);
            return;
        }
        boolean receiver = process == Party.RECEIVER;
        switch (importer.phase) {
            case WAITING -> steps.add(process + " prepares");
            case PREPARED -> {
                steps.add(process + " claims");
                if (receiver) {
                    steps.add(process + " gives up");
                }
            }
            case CLAIMED -> {
                steps.add(receiver ? process + " tells" : process + " lives");
                if (receiver) {
                    steps.add(process + " gives up");
                }
                if (receiver && mistake == HandoverMistake.RENOUNCES_WHEN_LIVE) {
                    steps.add(process + " lives");
                }
            }
            case TOLD -> steps.add(process + " lives");
            case LIVE -> {
                if (mistake == HandoverMistake.RENOUNCES_WHEN_LIVE && receiver) {
                    steps.add(process + " gives up");
                }
            }
            case ERASED -> steps.add(process + " says so");
            case ENDED -> {
                // Nothing more.
            }
        }
    }

    private void replies(Party process, Operation operation, List<String> steps) {
        for (Reply reply : Reply.values()) {
            if (reply == Reply.ANSWER || (operation.question == Question.CLAIM && faults < limits.faults())) {
                steps.add(process + " gets " + reply);
            }
        }
    }

    private void take(String step) throws GSSException, Wrong {
        switch (step) {
            case "the late claim arrives" -> store.arrive();
            case "time passes" -> store.advance();
            case "the record is swept" -> {
                store.sweep();
                swept = true;
            }
            case "the clock is set back" -> {
                store.setBack();
                setBacks++;
            }
            case "the connection is cut" -> {
                cut = true;
                connection.clear();
            }
            default -> {
                String[] words = step.split(" ", 2);
                Party process = Party.valueOf(words[0]);
                if (words[1].equals("dies")) {
                    dead.add(process);
                } else if (process == Party.EXPORTER) {
                    exporterTakes(words[1]);
                } else {
                    importerTakes(process, importers.get(process), words[1]);
                }
            }
        }
    }

    private void exporterTakes(String what) throws GSSException, Wrong {
        switch (what) {
            case "hears" -> heard = connection.remove(0);
            case "looks" -> {
                looking = true;
                begin(Party.EXPORTER);
            }
            case "settles" -> {
                looking = false;
                asksForGood = true;
                renouncedInTime |= heard == Message.RENOUNCED;
                begin(heard == Message.RENOUNCED ? Party.RECEIVER : Party.EXPORTER);
            }
            default -> settle(reply(what));
        }
    }

    private void begin(Party name) throws Wrong {
        settling = new Operation();
        asked.add(name);
        settle(null);
        if (settling != null && settling.question == Question.TIME) {
            settle(Reply.ANSWER);
        }
    }

    private void settle(Reply reply) throws Wrong {
        try {
            run(settling, reply, () -> {
                if (looking) {
                    giver.rescueIfUnclaimed();
                } else if (heard == Message.TAKEN) {
                    giver.taken();
                } else if (heard == Message.RENOUNCED) {
                    giver.renounced(importers.get(Party.RECEIVER).name);
                } else {
                    giver.rescue();
                }
            });
            settling = null;
            if (!looking && giver.state() == Offer.State.OPEN) {
                throw new Wrong("the exporter asked for good, the store answered, and the context is frozen still");
            }
        } catch (Waiting e) {
            settling.question = e.question();
        } catch (GSSException e) {
            settling = null;
        }
        attribute(Party.EXPORTER);
        if (giver.state() == Offer.State.KEPT) {
            requireThawRight();
            everLive.add(Party.EXPORTER);
        }
    }

    private void importerTakes(Party process, Importer importer, String what) throws GSSException, Wrong {
        switch (what) {
            case "prepares" -> prepare(process, importer);
            case "claims" -> {
                if (mistake == HandoverMistake.TELLS_BEFORE_THE_CLAIM && process == Party.RECEIVER) {
                    send(Message.TAKEN);
                }
                importer.claiming = new Operation();
                claim(process, importer, null);
                if (importer.claiming != null && importer.claiming.question == Question.TIME) {
                    claim(process, importer, Reply.ANSWER);
                }
            }
            case "tells" -> {
                if (mistake != HandoverMistake.TELLS_BEFORE_THE_CLAIM) {
                    send(Message.TAKEN);
                }
                importer.phase = Phase.TOLD;
            }
            case "lives" -> {
                importer.taker.live();
                importer.phase = Phase.LIVE;
                everLive.add(process);
                requireClaimed(process);
            }
            case "gives up" -> {
                importer.gaveUp = true;
                erase(process, importer);
            }
            case "says so" -> {
                send(importer.name == null ? Message.DECLINED : Message.RENOUNCED);
                importer.phase = Phase.ENDED;
            }
            default -> claim(process, importer, reply(what));
        }
    }

    private void prepare(Party process, Importer importer) {
        try {
            importer.taker = takerMaker.of(manager, token);
            importer.phase = Phase.PREPARED;
        } catch (GSSException e) {
            importer.phase = process == Party.RECEIVER ? Phase.ERASED : Phase.ENDED;
        }
    }

    private void claim(Party process, Importer importer, Reply reply) {
        try {
            run(importer.claiming, reply, importer.taker::claim);
            importer.claiming = null;
            importer.phase = Phase.CLAIMED;
        } catch (Waiting e) {
            importer.claiming.question = e.question();
        } catch (GSSException e) {
            importer.claiming = null;
            if (!importer.taker.mayClaimAgain(e)) {
                importer.gaveUp |= TransferFault.of(e).equals(Optional.of(TransferFault.TOKEN_EXPIRED));
                erase(process, importer);
            }
        }
        attribute(process);
    }

    /** Whatever fails, the receiver erases its own and then says so; a stranger has nobody to say it to. */
    private void erase(Party process, Importer importer) {
        importer.name = importer.taker.renounce();
        names.putIfAbsent(importer.name, process);
        importer.phase = process == Party.RECEIVER ? Phase.ERASED : Phase.ENDED;
    }

    private void send(Message message) {
        if (!cut) {
            connection.add(message);
        }
    }

    private static Reply reply(String what) {
        return Reply.valueOf(what.substring("gets ".length()));
    }

    private void run(Operation operation, Reply reply, Call call) throws GSSException {
        faults += reply == null || reply == Reply.ANSWER ? 0 : 1;
        operation.tape.rewind(reply);
        store.insert(operation.tape);
        try {
            call.run();
        } finally {
            store.insert(null);
        }
    }

    /** Whoever has just acted is the one whose names the store did not know before. */
    private void attribute(Party process) {
        store.delayed().forEach(name -> names.putIfAbsent(name, process));
        store.winners().forEach(name -> names.putIfAbsent(name, process));
    }

    // What must be

    /** The exporter goes on only if the store has said so, and whoever was recorded has given it back. */
    private void requireThawRight() throws Wrong {
        if (store.winners().isEmpty()) {
            throw new Wrong("the exporter goes on without a claim");
        }
        for (PublicId winner : store.winners()) {
            Party owner = names.get(winner);
            Importer importer = importers.get(owner);
            if (importer != null && importer.phase != Phase.ERASED && importer.phase != Phase.ENDED) {
                throw new Wrong("the exporter goes on over the claim of " + owner);
            }
        }
    }

    private void requireClaimed(Party process) throws Wrong {
        if (store.winners().stream().noneMatch(winner -> names.get(winner) == process)) {
            throw new Wrong(process + " lives without a claim");
        }
    }

    private void requireOneOwner() throws Wrong {
        if (everLive.size() > 1) {
            throw new Wrong("the context has lived twice: " + everLive);
        }
    }

    private boolean isAtRest() {
        boolean settled = giver.state() != Offer.State.OPEN || dead.contains(Party.EXPORTER);
        return settled
                && importers.entrySet().stream()
                        .allMatch(each -> dead.contains(each.getKey())
                                || each.getValue().phase == Phase.LIVE
                                || each.getValue().phase == Phase.ENDED);
    }

    /**
     * When nothing more happens by itself, the context lives or has lived; or its owner, which is the last that was recorded or
     * else the exporter, is dead, or gave it up and could not say so before the exporter asked for good; or the offer was too
     * old for anybody to be sure.
     */
    private void requireNothingLost() throws Wrong {
        List<PublicId> winners = store.winners();
        Party owner = winners.isEmpty() ? Party.EXPORTER : names.get(winners.get(winners.size() - 1));
        if (!everLive.isEmpty() || dead.contains(owner) || store.hasBeenOld()) {
            return;
        }
        Importer importer = importers.get(owner);
        boolean inTime = renouncedInTime || (!asksForGood && !cut);
        boolean givenBack = owner == Party.RECEIVER && inTime && !dead.contains(Party.EXPORTER);
        if (importer == null || !importer.gaveUp || givenBack) {
            throw new Wrong("the context is lost, and " + owner + ", which had it, lives");
        }
    }
}
