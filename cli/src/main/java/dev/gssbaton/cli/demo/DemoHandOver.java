package dev.gssbaton.cli.demo;

import dev.gssbaton.BatonContext;
import dev.gssbaton.ExportOptions;
import dev.gssbaton.ExportedToken;
import dev.gssbaton.cli.MajorStatus;
import dev.gssbaton.cli.dispatch.Client;
import dev.gssbaton.cli.dispatch.HandOver;
import dev.gssbaton.cli.sample.Answers;
import dev.gssbaton.cli.sample.Exchange;
import dev.gssbaton.cli.worker.WorkerPool;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/**
 * Answers a client's first messages, exports its context while more of them are on the way, and offers the token to two
 * workers at the same moment. Whatever else could go wrong with a token is tried, and what came of it reported.
 */
final class DemoHandOver implements HandOver {
    static final String SPEAKER = "the dispatcher";

    private static final Duration SHORT_LIFE = Duration.ofMillis(100);

    private final WorkerPool workers;
    private final SecureRandom random = new SecureRandom();
    private final AtomicInteger turn = new AtomicInteger();

    DemoHandOver(WorkerPool workers) {
        this.workers = workers;
    }

    @Override
    public boolean handOver(Client client, BatonContext context)
            throws GSSException, IOException, InterruptedException {
        String name = Script.nameOf(context.getSrcName().toString());
        Exchange exchange = new Exchange(context, Answers.ECHO, SPEAKER);
        for (int i = 0; i < Script.BEFORE_MOVE; i++) {
            if (!exchange.answerNext(client.channel())) {
                throw new IOException("the client ended before its context was moved");
            }
        }
        if (name.equals(Script.LATE)) {
            tryExpired(context);
            return false;
        }
        try (ExportedToken token = context.exportToken()) {
            tryUse(name, context);
            int first = nextWorker();
            tryFlippedBit(name, first, token);
            return race(name, first, token, client);
        }
    }

    /** Offers the token to two workers at the same moment, and once more afterwards; the one that has it gets the socket. */
    private boolean race(String name, int first, ExportedToken token, Client client)
            throws IOException, InterruptedException {
        int second = first % workers.size() + 1;
        FutureTask<Outcome> atOnce = new FutureTask<>(() -> offer(second, token.octets()));
        Thread thread = new Thread(atOnce, "baton-other-offer");
        thread.start();
        Outcome one;
        Outcome two;
        try {
            one = offer(first, token.octets());
        } finally {
            two = await(atOnce); // before the token is wiped, whatever came of the other offer
        }
        try (one;
                two) {
            Outcome won = one.taken() ? one : two;
            Outcome lost = one.taken() ? two : one;
            if (won.taken()) {
                report(name, Trial.AT_ONCE, lost.reply());
            }
            int takers = (won.taken() ? 1 : 0) + (lost.taken() ? 1 : 0);
            try (Outcome late = offer(won.worker() % workers.size() + 1, token.octets())) {
                report(name, Trial.AFTERWARDS, late.reply());
                takers += late.taken() ? 1 : 0;
            }
            Report.of(Report.Kind.MOVED, name, token.octets().length, takers, won.worker())
                    .tell();
            if (won.taken()) {
                won.pass(client.channel(), client.session());
            }
            return won.taken();
        }
    }

    private Outcome offer(int worker, byte[] token) throws IOException {
        return Outcome.ofOffer(worker, TokenTaker.beside(workers.socket(worker)), token);
    }

    private static Outcome await(FutureTask<Outcome> offer) throws IOException, InterruptedException {
        try {
            return offer.get();
        } catch (ExecutionException e) {
            throw new IOException("an offer failed: " + e.getCause().getMessage(), e);
        }
    }

    private void tryUse(String name, BatonContext context) {
        try {
            context.wrap(new byte[1], 0, 1, new MessageProp(true));
            Report.of(
                            Report.Kind.TRIED,
                            Trial.USE_AFTER_EXPORT,
                            Trial.Outcome.NOT_REFUSED,
                            "it wrapped a message",
                            name)
                    .tell();
        } catch (GSSException e) {
            report(name, Trial.USE_AFTER_EXPORT, e);
        }
    }

    private void tryFlippedBit(String name, int worker, ExportedToken token) throws IOException {
        byte[] flipped = token.octets().clone();
        int bit = random.nextInt(flipped.length * Byte.SIZE);
        flipped[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
        try {
            offerInVain(name, Trial.FLIPPED_BIT, worker, flipped);
        } finally {
            Arrays.fill(flipped, (byte) 0);
        }
    }

    private void tryExpired(BatonContext context) throws GSSException, IOException, InterruptedException {
        try (ExportedToken token = context.exportToken(ExportOptions.defaults().withLifetime(SHORT_LIFE))) {
            Thread.sleep(SHORT_LIFE.multipliedBy(2).toMillis());
            offerInVain(Script.LATE, Trial.EXPIRED, nextWorker(), token.octets());
        }
    }

    private void offerInVain(String name, Trial trial, int worker, byte[] token) throws IOException {
        try (Outcome outcome = offer(worker, token)) {
            report(name, trial, outcome.reply());
        }
    }

    private static void report(String name, Trial trial, Reply reply) {
        if (reply.taken()) {
            Report.of(Report.Kind.TRIED, trial, Trial.Outcome.NOT_REFUSED, "a worker took it", name)
                    .tell();
        } else {
            report(name, trial, new GSSException(reply.major(), reply.minor(), reply.text()));
        }
    }

    private static void report(String name, Trial trial, GSSException refusal) {
        Optional<TransferFault> fault = TransferFault.of(refusal);
        boolean right = fault.filter(trial::isRight).isPresent();
        String text = fault.map(TransferFault::text).orElse(refusal.getMinorString());
        Report.of(
                        Report.Kind.TRIED,
                        trial,
                        right ? Trial.Outcome.REFUSED : Trial.Outcome.REFUSED_OTHERWISE,
                        MajorStatus.name(refusal.getMajor()) + ": " + text,
                        name)
                .tell();
    }

    private int nextWorker() {
        return 1 + Math.floorMod(turn.getAndIncrement(), workers.size());
    }
}
