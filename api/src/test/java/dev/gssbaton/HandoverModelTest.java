package dev.gssbaton;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.HandoverModel.Limits;
import dev.gssbaton.HandoverModel.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** No run of a hand-over, up to so many faults, breaks its promises; and each mistake breaks them in one. */
class HandoverModelTest {
    private static final boolean FULL = Integer.getInteger("baton.scale", 1) > 1;
    /** Refusals are what the model is about, and a hundred thousand of them are not to be read. */
    private static final Logger LOGGER = Logger.getLogger("dev.gssbaton");

    private static Level level;

    @BeforeAll
    static void keepQuiet() {
        level = LOGGER.getLevel();
        LOGGER.setLevel(Level.OFF);
    }

    @AfterAll
    static void speakAgain() {
        LOGGER.setLevel(level);
    }

    static List<Limits> limits() {
        List<Limits> limits = new ArrayList<>(
                List.of(new Limits(false, 1, 1, 0, 0), new Limits(false, 0, 1, 1, 1), new Limits(true, 0, 1, 0, 0)));
        if (FULL) {
            limits.addAll(List.of(
                    new Limits(false, 1, 1, 1, 1), new Limits(false, 2, 1, 0, 0), new Limits(true, 1, 1, 0, 0)));
        }
        return limits;
    }

    @ParameterizedTest
    @MethodSource("limits")
    void no_run_lives_twice_or_loses_what_has_an_owner(Limits limits) throws Exception {
        assertTrue(search(limits, HandoverMistake.NONE) > 1_000, "too few states to mean anything");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "NONE.*")
    void each_mistake_is_found(HandoverMistake mistake) {
        assertThrows(Violation.class, () -> search(mistake.limits(), mistake));
    }

    /** What the mistakes are made in has none of its own. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "NONE_.*")
    void what_is_written_once_more_is_as_good(HandoverMistake none) throws Exception {
        assertTrue(search(none.limits(), none) > 100);
    }

    private static int search(Limits limits, HandoverMistake mistake) throws Violation, GSSException {
        return new HandoverModel(limits, mistake).search();
    }
}
