package dev.gssbaton.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

class RequiresTest {
    private static final List<String> MISSING = List.of("no-such-program not found (a test of RequiresCondition)");

    @Test
    void missingIsSkippedAndSaysWhatToInstall() {
        ConditionEvaluationResult result = RequiresCondition.evaluate(MISSING, "optional");
        assertTrue(result.isDisabled());
        assertEquals(MISSING.get(0), result.getReason().orElseThrow());
    }

    @Test
    void missingFailsWhereRequired() {
        IllegalStateException failure =
                assertThrows(IllegalStateException.class, () -> RequiresCondition.evaluate(MISSING, "required"));
        assertTrue(failure.getMessage().contains(MISSING.get(0)), failure.getMessage());
    }

    @Test
    void nothingMissingRuns() {
        assertFalse(RequiresCondition.evaluate(List.of(), "required").isDisabled());
    }

    @Test
    void anotherWordIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> RequiresCondition.evaluate(List.of(), "yes"));
    }
}
