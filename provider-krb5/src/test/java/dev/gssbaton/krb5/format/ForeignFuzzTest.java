package dev.gssbaton.krb5.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gssbaton.krb5.FuzzCorpus;
import dev.gssbaton.peers.Scale;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replays the inputs of the fuzz target for tokens of the C libraries, and mutations that are the same in every run. */
class ForeignFuzzTest {
    private static final int MUTATIONS = Scale.times(500, 200_000);

    static List<Path> seeds() throws IOException {
        return FuzzCorpus.of("foreign-token");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void foreign_token(Path seed) throws IOException {
        byte[] input = Files.readAllBytes(seed);
        assertEquals(FuzzCorpus.isAccepted(seed), ForeignFuzzTarget.accepts(input));
        Random random = new Random(20260104);
        for (int i = 0; i < MUTATIONS; i++) {
            ForeignFuzzTarget.fuzzerTestOneInput(FuzzCorpus.mutate(input, random));
        }
    }
}
