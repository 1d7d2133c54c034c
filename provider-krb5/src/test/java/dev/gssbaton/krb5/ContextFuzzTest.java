package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gssbaton.peers.Scale;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replays the inputs of the fuzz targets for first tokens and states, and mutations that are the same in every run. */
class ContextFuzzTest {
    private static final int MUTATIONS = Scale.times(100, 100_000);

    static List<Path> requests() throws IOException {
        return FuzzCorpus.of("first-token");
    }

    @ParameterizedTest
    @MethodSource("requests")
    void first_token(Path seed) throws IOException {
        byte[] input = Files.readAllBytes(seed);
        assertEquals(FuzzCorpus.isAccepted(seed), AcceptorFuzzTarget.accepts(input));
        Random random = new Random(20260103);
        for (int i = 0; i < MUTATIONS; i++) {
            AcceptorFuzzTarget.fuzzerTestOneInput(FuzzCorpus.mutate(input, random));
        }
    }

    static List<Path> states() throws IOException {
        return FuzzCorpus.of("state");
    }

    @ParameterizedTest
    @MethodSource("states")
    void state(Path seed) throws IOException {
        byte[] input = Files.readAllBytes(seed);
        assertEquals(FuzzCorpus.isAccepted(seed), StateFuzzTarget.accepts(input));
        Random random = new Random(20260103);
        for (int i = 0; i < MUTATIONS; i++) {
            StateFuzzTarget.fuzzerTestOneInput(FuzzCorpus.mutate(input, random));
        }
    }
}
