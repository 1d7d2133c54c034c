package dev.gssbaton.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GoalTableTest {
    private static final String USUAL = "aes256-cts-hmac-sha1-96";

    /** The same time at each size. */
    private static Map<Long, Measured> times(double nanos) {
        return MessageGoal.ALL.stream()
                .collect(Collectors.toMap(goal -> (long) goal.size(), goal -> new Measured(nanos, 250 + nanos / 100)));
    }

    @Test
    void whatMissesItsGoalIsBold() {
        Map<String, Map<Long, Measured>> kinds =
                Map.of(Report.FLOOR, times(100), "baton", times(120), "batonBuffers", times(700), "jdk", times(430));
        assertEquals(
                List.of(
                        "| octets | 64 | 256 | 1,024 | 16,384 |",
                        "|---|---:|---:|---:|---:|",
                        "| *the JDK takes times as long, at least* | *8.00* | *6.00* | *3.50* | *1.40* |",
                        "| " + USUAL + ", between arrays | **3.58** | **3.58** | 3.58 | 3.58 |",
                        "| " + USUAL + ", between the caller's buffers | **0.61** | **0.61** | **0.61** | **0.61** |",
                        "| *times the floor, at most* | *1.50* | *1.30* | *1.20* | *1.10* |",
                        "| " + USUAL + ", between arrays | 1.20 | 1.20 | 1.20 | **1.20** |",
                        "| " + USUAL + ", between the caller's buffers | **7.00** | **7.00** | **7.00** | **7.00** |",
                        "| *octets allocated by both together, at most* | *256* | *256* | *256* | *256* |",
                        "| " + USUAL + ", between the caller's buffers | **257** | **257** | **257** | **257** |"),
                GoalTable.of(Map.of(USUAL, kinds), USUAL, 17).lines().toList());
    }

    @Test
    void laterJdksAreFasterAndWhatWasNotMeasuredIsNotMissed() {
        Map<String, Map<Long, Measured>> kinds =
                Map.of("baton", times(100), "jdk", times(250), "mit", times(99), "batonBuffers", Map.of());
        assertEquals(
                List.of(
                        "| *the JDK takes times as long, at least* | *5.60* | *4.20* | *2.45* | *0.98* |",
                        "| " + USUAL + ", between arrays | **2.50** | **2.50** | 2.50 | 2.50 |",
                        "| " + USUAL + ", between the caller's buffers | - | - | - | - |",
                        "| *times the floor, at most* | *1.50* | *1.30* | *1.20* | *1.10* |",
                        "| " + USUAL + ", between arrays | - | - | - | - |",
                        "| " + USUAL + ", between the caller's buffers | - | - | - | - |",
                        "| *MIT takes times as long, at least* | *1.00* | *1.00* | *1.00* | *1.00* |",
                        "| " + USUAL + ", between arrays | **0.99** | **0.99** | **0.99** | **0.99** |"),
                GoalTable.of(Map.of(USUAL, kinds), USUAL, 25)
                        .lines()
                        .skip(2)
                        .limit(8)
                        .toList());
    }
}
