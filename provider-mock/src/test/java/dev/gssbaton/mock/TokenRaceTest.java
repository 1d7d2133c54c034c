package dev.gssbaton.mock;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.ExportOptions;
import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.peers.ForkedJvm;
import dev.gssbaton.peers.Frames;
import dev.gssbaton.peers.Scale;
import dev.gssbaton.seal.AccountKeys;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Three processes import the same tokens at once, each in an order of its own: every token is taken exactly once. */
@EnabledOnOs(OS.LINUX)
class TokenRaceTest {
    private static final int TOKENS = Scale.times(500, 10_000);
    private static final int PROCESSES = 3;

    /** Takes tokens until an empty frame, waits for another, imports all and tells which it got. */
    static final class Racer {
        private Racer() {}

        public static void main(String[] arguments) throws IOException {
            BatonManager manager = BatonManager.withDefaults();
            Frames parent = Frames.toParent();
            List<byte[]> tokens = new ArrayList<>();
            for (byte[] token = parent.read(); token.length > 0; token = parent.read()) {
                tokens.add(token);
            }
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, tokens.size()).boxed().toList());
            Collections.shuffle(order, new Random(Long.parseLong(arguments[0])));
            parent.write(new byte[0]);
            parent.read();
            BitSet taken = new BitSet();
            for (int i : order) {
                try {
                    BatonContext context = manager.createContext(tokens.get(i));
                    taken.set(i, context.isEstablished());
                } catch (GSSException e) {
                    if (!TransferFault.of(e)
                            .filter(TransferFault.ALREADY_TAKEN::equals)
                            .isPresent()) {
                        throw new IllegalStateException(e);
                    }
                }
            }
            parent.write(taken.toByteArray());
        }
    }

    @Test
    void every_token_is_taken_once(@TempDir Path directory) throws Exception {
        Path home = Files.createDirectory(
                directory.resolve("home"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        List<byte[]> tokens = tokens(home);
        List<ForkedJvm> racers = new ArrayList<>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                racers.add(ForkedJvm.running(Racer.class)
                        .jvm("-Dbaton.home=" + home)
                        .arguments(String.valueOf(i))
                        .timeLimit(Duration.ofMinutes(5))
                        .start());
            }
            for (ForkedJvm racer : racers) {
                tokens.forEach(racer::write);
                racer.write(new byte[0]);
            }
            racers.forEach(ForkedJvm::read);
            racers.forEach(racer -> racer.write(new byte[] {1}));
            BitSet all = new BitSet();
            int wins = 0;
            for (ForkedJvm racer : racers) {
                BitSet taken = BitSet.valueOf(racer.read());
                wins += taken.cardinality();
                all.or(taken);
            }
            assertEquals(TOKENS, wins, "no token is taken twice");
            assertEquals(TOKENS, all.cardinality(), "and each is taken");
        } finally {
            racers.forEach(ForkedJvm::close);
        }
    }

    private static List<byte[]> tokens(Path home) throws GSSException {
        List<byte[]> tokens = new ArrayList<>();
        try (AccountKeys keys = AccountKeys.in(home)) {
            BatonManager manager = BatonManager.builder()
                    .keys(keys)
                    .claims(HostClaims.in(home.resolve("claims")))
                    .build();
            ExportOptions options = ExportOptions.defaults().withLifetime(Duration.ofMinutes(10));
            for (int i = 0; i < TOKENS; i++) {
                tokens.add(acceptor(manager).exportToken(options).octets());
            }
        }
        return tokens;
    }

    private static BatonContext acceptor(BatonManager manager) throws GSSException {
        BatonContext initiator = manager.createContext(
                MockFixture.name("bob"),
                Mock.MECHANISM,
                MockFixture.party("alice").credential(),
                GSSContext.INDEFINITE_LIFETIME);
        BatonContext acceptor = manager.createContext(MockFixture.party("bob").credential());
        byte[] token = initiator.initSecContext(new byte[0], 0, 0);
        while (token != null) {
            token = acceptor.acceptSecContext(token, 0, token.length);
            token = token == null ? null : initiator.initSecContext(token, 0, token.length);
        }
        return acceptor;
    }
}
