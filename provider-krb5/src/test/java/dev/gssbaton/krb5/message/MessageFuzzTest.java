package dev.gssbaton.krb5.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.gssbaton.krb5.FuzzCorpus;
import dev.gssbaton.peers.Scale;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Replays the seeds of each decoder, and mutations of them that are the same in every run. */
class MessageFuzzTest {
    private static final int MUTATIONS = Scale.times(100, 100_000);

    @ParameterizedTest
    @EnumSource
    void seeds_are_taken_or_refused_as_their_names_say(MessageDecoder decoder) throws Exception {
        for (Path seed : FuzzCorpus.of(decoder.folder())) {
            byte[] input = Files.readAllBytes(seed);
            MessageFuzzTarget.fuzzerTestOneInput(input);
            if (FuzzCorpus.isAccepted(seed)) {
                assertArrayEquals(input, decoder.roundTrip(input), seed.toString());
            } else {
                MessageMutationTest.assertRefused(decoder, input, seed.toString());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void mutated_seeds_are_taken_whole_or_refused(MessageDecoder decoder) throws Exception {
        for (Path seed : FuzzCorpus.of(decoder.folder())) {
            Random random = new Random(20260102);
            byte[] original = Files.readAllBytes(seed);
            for (int i = 0; i < MUTATIONS; i++) {
                MessageFuzzTarget.check(decoder, FuzzCorpus.mutate(original, random));
            }
        }
    }
}
