package dev.gssbaton.krb5.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gssbaton.krb5.FuzzCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replays the inputs of the fuzz target. A name begins with what must become of the input. */
class CiphertextFuzzTest {
    static List<Path> ciphertexts() throws IOException {
        return FuzzCorpus.of("ciphertext");
    }

    @ParameterizedTest
    @MethodSource("ciphertexts")
    void ciphertext(Path seed) throws IOException {
        assertEquals(FuzzCorpus.isAccepted(seed), CiphertextFuzzTarget.accepts(Files.readAllBytes(seed)));
    }
}
