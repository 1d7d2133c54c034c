package dev.gssbaton.krb5.token;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gssbaton.krb5.FuzzCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replays the inputs of the fuzz targets. A name begins with what must become of the input. */
class TokenFuzzTest {
    static List<Path> wrapTokens() throws IOException {
        return FuzzCorpus.of("wrap-token");
    }

    @ParameterizedTest
    @MethodSource("wrapTokens")
    void wrap_token(Path seed) throws IOException {
        assertEquals(FuzzCorpus.isAccepted(seed), WrapTokenFuzzTarget.accepts(Files.readAllBytes(seed)));
    }

    static List<Path> micTokens() throws IOException {
        return FuzzCorpus.of("mic-token");
    }

    @ParameterizedTest
    @MethodSource("micTokens")
    void mic_token(Path seed) throws IOException {
        assertEquals(FuzzCorpus.isAccepted(seed), MicTokenFuzzTarget.accepts(Files.readAllBytes(seed)));
    }
}
