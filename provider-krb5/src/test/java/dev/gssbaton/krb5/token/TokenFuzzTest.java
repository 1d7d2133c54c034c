package dev.gssbaton.krb5.token;

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

/**
 * Replays the inputs of the fuzz targets, whose names begin with what must become of them, and mutations that are the same in
 * every run.
 */
class TokenFuzzTest {
    private static final int MUTATIONS = Scale.times(20, 20_000);

    static List<Path> wrapTokens() throws IOException {
        return FuzzCorpus.of("wrap-token");
    }

    @ParameterizedTest
    @MethodSource("wrapTokens")
    void wrap_token(Path seed) throws IOException {
        byte[] input = Files.readAllBytes(seed);
        assertEquals(FuzzCorpus.isAccepted(seed), WrapTokenFuzzTarget.accepts(input));
        Random random = new Random(20260103);
        for (int i = 0; i < MUTATIONS; i++) {
            WrapTokenFuzzTarget.fuzzerTestOneInput(FuzzCorpus.mutate(input, random));
        }
    }

    static List<Path> micTokens() throws IOException {
        return FuzzCorpus.of("mic-token");
    }

    @ParameterizedTest
    @MethodSource("micTokens")
    void mic_token(Path seed) throws IOException {
        byte[] input = Files.readAllBytes(seed);
        assertEquals(FuzzCorpus.isAccepted(seed), MicTokenFuzzTarget.accepts(input));
        Random random = new Random(20260103);
        for (int i = 0; i < MUTATIONS; i++) {
            MicTokenFuzzTarget.fuzzerTestOneInput(FuzzCorpus.mutate(input, random));
        }
    }
}
