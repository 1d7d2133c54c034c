package dev.gssbaton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

/** The last step of an import, with a claim store that answers late, twice, or not at all. */
class ClaimingTest {
    private static final int SCALE = Integer.getInteger("baton.scale", 1);

    /** Every context that was read, to see that those that did not come to life were erased. */
    private final List<ToyContext> read = Collections.synchronizedList(new ArrayList<>());

    private final ToyExporter exporter = new ToyExporter() {
        @Override
        public MechanismContext read(StateReader in, Delegation delegation, Environment environment)
                throws GSSException {
            MechanismContext context = super.read(in, delegation, environment);
            read.add((ToyContext) context);
            return context;
        }
    };

    private BatonManager manager(ToyClaims claims) {
        return BatonManager.builder()
                .keys(new ToyKeys())
                .claims(claims)
                .exporter(exporter)
                .build();
    }

    private static byte[] token(BatonManager manager) throws GSSException {
        return ToyPair.establish(manager).acceptor().export();
    }

    private static void assertRefused(TransferFault fault, BatonManager manager, byte[] token) {
        GSSException refusal = assertThrows(GSSException.class, () -> manager.createContext(token));
        assertEquals(Optional.of(fault), TransferFault.of(refusal), refusal::toString);
    }

    private void assertLive(int live) {
        assertEquals(
                live, read.stream().filter(context -> !context.isErased()).count(), "contexts that were not erased");
    }

    /** Records each claim and loses the answers to the first so many. */
    private static final class LosesAnswers extends ToyClaims {
        private final AtomicInteger toLose;

        LosesAnswers(int toLose) {
            this.toLose = new AtomicInteger(toLose);
        }

        @Override
        public ClaimOutcome claim(ClaimId token, PublicId claimant, Instant keepUntil) throws GSSException {
            ClaimOutcome outcome = super.claim(token, claimant, keepUntil);
            if (toLose.getAndDecrement() > 0) {
                throw TransferFault.CLAIM_UNKNOWN.exception("the connection was lost");
            }
            return outcome;
        }
    }

    @Test
    void rule24_aClaimThatCannotBeSettledIsAFailureAndMayBeTriedAgain() throws Exception {
        LosesAnswers claims = new LosesAnswers(2);
        BatonManager manager = manager(claims);
        byte[] token = token(manager);
        assertRefused(TransferFault.CLAIM_UNKNOWN, manager, token);
        assertRefused(TransferFault.CLAIM_UNKNOWN, manager, token);
        assertLive(0);
        assertTrue(manager.createContext(token).isEstablished());
        assertEquals(3, claims.claimants.size());
        assertEquals(1, claims.claimants.stream().distinct().count(), "one claimant, stable over retries");
        assertLive(1);
        assertRefused(TransferFault.ALREADY_TAKEN, manager, token);
        assertNotEquals(claims.claimants.get(0), claims.claimants.get(3), "a name that has won is not used again");
        assertLive(1);
    }

    @Test
    void rule24_anotherManagerDoesNotInheritTheClaimant() throws Exception {
        LosesAnswers claims = new LosesAnswers(1);
        ToyKeys keys = new ToyKeys();
        BatonManager one = BatonManager.builder().keys(keys).claims(claims).build();
        BatonManager other = BatonManager.builder().keys(keys).claims(claims).build();
        byte[] token = token(one);
        assertRefused(TransferFault.CLAIM_UNKNOWN, one, token);
        assertRefused(TransferFault.ALREADY_TAKEN, other, token);
        assertTrue(one.createContext(token).isEstablished());
    }

    @Test
    void rule18_ofConcurrentRetriesExactlyOneWins() throws Exception {
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 100 * SCALE; round++) {
                BatonManager manager = manager(new LosesAnswers(1));
                byte[] token = token(manager);
                assertRefused(TransferFault.CLAIM_UNKNOWN, manager, token);
                assertEquals(1, imports(pool, threads, manager, token));
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void rule18_severalAnswersLostAtOnceLoseNoContext() throws Exception {
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 100 * SCALE; round++) {
                // Each of the first attempts is a claimant of its own, and only the first to come has won.
                BatonManager manager = manager(new LosesAnswers(threads));
                byte[] token = token(manager);
                assertEquals(0, imports(pool, threads, manager, token));
                assertTrue(manager.createContext(token).isEstablished());
                assertRefused(TransferFault.ALREADY_TAKEN, manager, token);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static int imports(ExecutorService pool, int threads, BatonManager manager, byte[] token) throws Exception {
        CyclicBarrier start = new CyclicBarrier(threads);
        Callable<Integer> attempt = () -> {
            start.await();
            try {
                manager.createContext(token);
                return 1;
            } catch (GSSException e) {
                return 0;
            }
        };
        int won = 0;
        for (Future<Integer> each : pool.invokeAll(Collections.nCopies(threads, attempt))) {
            won += each.get();
        }
        return won;
    }

    @Test
    void rule17_aLateWinnerErases() throws Exception {
        AtomicInteger claimed = new AtomicInteger();
        ToyClaims claims = new ToyClaims() {
            @Override
            public ClaimOutcome claim(ClaimId token, PublicId claimant, Instant keepUntil) throws GSSException {
                claimed.incrementAndGet();
                return super.claim(token, claimant, keepUntil);
            }

            @Override
            public Instant now() throws GSSException {
                return super.now().plus(claimed.get() == 0 ? Duration.ZERO : Duration.ofHours(2));
            }
        };
        BatonManager manager = manager(claims);
        byte[] token = token(manager);
        assertRefused(TransferFault.TOKEN_EXPIRED, manager, token);
        assertEquals(1, claimed.get());
        assertLive(0);
        assertRefused(TransferFault.ALREADY_TAKEN, manager, token);
    }

    @Test
    void rule18_aClaimInAStoreThatTookThePlaceOfTheTokensIsNone() throws Exception {
        PublicId newcomer = new PublicId(1, 2);
        ToyClaims claims = new ToyClaims() {
            @Override
            public PublicId id() {
                return claimants.isEmpty() ? super.id() : newcomer;
            }
        };
        BatonManager manager = manager(claims);
        byte[] token = token(manager);
        assertRefused(TransferFault.STORE_FOREIGN, manager, token);
        assertEquals(1, claims.claimants.size(), "it was claimed, and won, where nobody knew of earlier claims");
        assertLive(0);
    }

    @Test
    void rule25_aContextThatCannotTellOfItselfIsRefusedBeforeTheClaim() throws Exception {
        AtomicInteger toFail = new AtomicInteger(1);
        ToyClaims claims = new ToyClaims();
        BatonManager manager = BatonManager.builder()
                .keys(new ToyKeys())
                .claims(claims)
                .exporter(new ToyExporter() {
                    @Override
                    public MechanismContext read(StateReader in, Delegation delegation, Environment environment)
                            throws GSSException {
                        MechanismContext context = exporter.read(in, delegation, environment);
                        return toFail.getAndDecrement() > 0 ? withoutFlags(context) : context;
                    }
                })
                .build();
        byte[] token = token(manager);
        assertRefused(TransferFault.STATE_MALFORMED, manager, token);
        assertEquals(List.of(), claims.claimants);
        assertLive(0);
        assertTrue(manager.createContext(token).isEstablished());
    }

    private static MechanismContext withoutFlags(MechanismContext context) {
        return (MechanismContext) Proxy.newProxyInstance(
                MechanismContext.class.getClassLoader(),
                new Class<?>[] {MechanismContext.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("flags")) {
                        throw new IllegalStateException("broken on purpose");
                    }
                    try {
                        return method.invoke(context, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void rule14_whateverElseAnExporterSaysOfAnExportIsAFailure() throws Exception {
        AtomicInteger toFail = new AtomicInteger(2);
        BatonManager manager = BatonManager.builder()
                .keys(new ToyKeys())
                .claims(new ToyClaims())
                .exporter(new ToyExporter() {
                    @Override
                    public void write(MechanismContext context, Delegation delegation, StateWriter out)
                            throws GSSException {
                        switch (toFail.getAndDecrement()) {
                            case 2 -> throw TransferFault.STATE_MALFORMED.exception("said of the wrong thing");
                            case 1 -> throw new GSSException(GSSException.NO_CRED, 7, "said in words of its own");
                            default -> super.write(context, delegation, out);
                        }
                    }
                })
                .build();
        BatonContext context = ToyPair.establish(manager).acceptor();
        for (String words : List.of("wrong thing", "words of its own")) {
            GSSException refusal = assertThrows(GSSException.class, context::export);
            assertEquals(Optional.of(TransferFault.EXPORT_FAILED), TransferFault.of(refusal), refusal::toString);
            assertTrue(refusal.getMessage().contains(words), refusal::toString);
        }
        assertTrue(manager.createContext(context.export()).isEstablished());
    }

    @Test
    void rule24_aKeySourceThatRefusesInWordsOfItsOwnIsAFailure() throws Exception {
        ToyKeys sound = new ToyKeys();
        AtomicInteger toFail = new AtomicInteger(1);
        KeySource keys = new KeySource() {
            @Override
            public SealingKey exportKey(String purpose) {
                return sound.exportKey(purpose);
            }

            @Override
            public Optional<SealingKey> importKey(PublicId id, String purpose) throws GSSException {
                if (toFail.getAndDecrement() > 0) {
                    throw new GSSException(GSSException.NO_CRED, 7, "the vault is closed");
                }
                return sound.importKey(id, purpose);
            }

            @Override
            public String describe() {
                return sound.describe();
            }
        };
        BatonManager manager =
                BatonManager.builder().keys(keys).claims(new ToyClaims()).build();
        byte[] token = token(manager);
        assertRefused(TransferFault.IMPORT_FAILED, manager, token);
        assertTrue(manager.createContext(token).isEstablished());
    }

    @Test
    void aClaimIsKeptForAnHourLongerThanItsToken() throws Exception {
        List<Instant> kept = new ArrayList<>();
        ToyClaims claims = new ToyClaims() {
            @Override
            public ClaimOutcome claim(ClaimId token, PublicId claimant, Instant keepUntil) throws GSSException {
                kept.add(keepUntil);
                return super.claim(token, claimant, keepUntil);
            }
        };
        BatonManager manager = BatonManager.builder()
                .keys(new ToyKeys())
                .claims(claims)
                .clockSkew(Duration.ofMinutes(5))
                .build();
        try (ExportedToken token = ToyPair.establish(manager).acceptor().exportToken()) {
            manager.createContext(token.octets());
            assertEquals(List.of(token.notAfter().plus(Duration.ofMinutes(65))), kept);
        }
    }

    @Test
    void aStoreWhoseClockFailsAfterTheClaimLeavesTheClaimToARetry() throws Exception {
        AtomicInteger toFail = new AtomicInteger(1);
        ToyClaims claims = new ToyClaims() {
            @Override
            public Instant now() throws GSSException {
                if (!claimants.isEmpty() && toFail.getAndDecrement() > 0) {
                    throw TransferFault.CLAIMS_UNUSABLE.exception("its clock cannot be read");
                }
                return super.now();
            }
        };
        BatonManager manager = manager(claims);
        byte[] token = token(manager);
        assertRefused(TransferFault.CLAIM_UNKNOWN, manager, token);
        assertLive(0);
        assertTrue(manager.createContext(token).isEstablished());
        assertLive(1);
    }

    @Test
    void aClaimantIsKeptThroughARetryThatDoesNotReachTheStore() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        ToyClaims claims = new ToyClaims() {
            @Override
            public ClaimOutcome claim(ClaimId token, PublicId claimant, Instant keepUntil) throws GSSException {
                switch (attempts.incrementAndGet()) {
                    case 1 -> {
                        super.claim(token, claimant, keepUntil);
                        throw TransferFault.CLAIM_UNKNOWN.exception("the connection was lost");
                    }
                    case 2 -> throw TransferFault.CLAIMS_UNUSABLE.exception("there is no connection");
                    default -> {
                        return super.claim(token, claimant, keepUntil);
                    }
                }
            }
        };
        BatonManager manager = manager(claims);
        byte[] token = token(manager);
        assertRefused(TransferFault.CLAIM_UNKNOWN, manager, token);
        assertRefused(TransferFault.CLAIMS_UNUSABLE, manager, token);
        assertTrue(manager.createContext(token).isEstablished());
        assertLive(1);
    }

    @Test
    void aStoreThatThrowsItsOwnWayLeavesTheClaimToARetry() throws Exception {
        AtomicInteger toFail = new AtomicInteger(1);
        ToyClaims claims = new ToyClaims() {
            @Override
            public ClaimOutcome claim(ClaimId token, PublicId claimant, Instant keepUntil) throws GSSException {
                ClaimOutcome outcome = super.claim(token, claimant, keepUntil);
                if (toFail.getAndDecrement() > 0) {
                    throw new IllegalStateException("broken on purpose");
                }
                return outcome;
            }
        };
        BatonManager manager = manager(claims);
        byte[] token = token(manager);
        assertRefused(TransferFault.CLAIM_UNKNOWN, manager, token);
        assertLive(0);
        assertTrue(manager.createContext(token).isEstablished());
    }

    @Test
    void aStoreThatCannotBeUsedHasClaimedNothing() throws Exception {
        AtomicInteger toFail = new AtomicInteger(1);
        ToyClaims claims = new ToyClaims() {
            @Override
            public ClaimOutcome claim(ClaimId token, PublicId claimant, Instant keepUntil) throws GSSException {
                if (toFail.getAndDecrement() > 0) {
                    throw TransferFault.CLAIMS_UNUSABLE.exception("its directory is not writable");
                }
                return super.claim(token, claimant, keepUntil);
            }
        };
        BatonManager manager = manager(claims);
        byte[] token = token(manager);
        assertRefused(TransferFault.CLAIMS_UNUSABLE, manager, token);
        assertLive(0);
        assertTrue(manager.createContext(token).isEstablished());
    }

    @Test
    void whatThrowsItsOwnWayBeforeTheClaimIsAFailureAndTheTokenStaysGood() throws Exception {
        ToyClaims claims = new ToyClaims();
        AtomicInteger toFail = new AtomicInteger();
        KeySource keys = new KeySource() {
            private final ToyKeys sound = new ToyKeys();

            @Override
            public SealingKey exportKey(String purpose) {
                return sound.exportKey(failOnce(purpose));
            }

            @Override
            public Optional<SealingKey> importKey(PublicId id, String purpose) {
                return sound.importKey(id, failOnce(purpose));
            }

            @Override
            public String describe() {
                return sound.describe();
            }

            private String failOnce(String purpose) {
                if (toFail.getAndDecrement() > 0) {
                    throw new IllegalStateException("broken on purpose");
                }
                return purpose;
            }
        };
        BatonManager manager = BatonManager.builder().keys(keys).claims(claims).build();
        ToyPair pair = ToyPair.establish(manager);
        toFail.set(1);
        GSSException refusal = assertThrows(GSSException.class, pair.acceptor()::export);
        assertEquals(Optional.of(TransferFault.EXPORT_FAILED), TransferFault.of(refusal));
        byte[] token = pair.acceptor().export();
        toFail.set(1);
        assertRefused(TransferFault.IMPORT_FAILED, manager, token);
        assertEquals(List.of(), claims.claimants);
        assertTrue(manager.createContext(token).isEstablished());
    }

    @Test
    void unsettledClaimantsAreForgottenAfterTheirTokensTime() {
        UnsettledClaims unsettled = new UnsettledClaims();
        ClaimId id = ClaimId.of(new byte[16]);
        PublicId one = new PublicId(1, 1);
        PublicId other = new PublicId(2, 2);
        Instant until = Instant.parse("2026-01-01T00:00:00Z");
        unsettled.remember(id, one, until);
        unsettled.remember(id, other, until.plusMillis(1));
        assertEquals(Optional.of(one), unsettled.takeOver(id, until));
        unsettled.remember(id, one, until);
        assertEquals(Optional.of(other), unsettled.takeOver(id, until.plusMillis(1)));
        assertEquals(Optional.empty(), unsettled.takeOver(id, until.plusMillis(1)), "given to one attempt at a time");
    }
}
