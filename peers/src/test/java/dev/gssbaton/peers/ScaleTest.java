package dev.gssbaton.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ScaleTest {
    @Test
    void timesTheFactorUpToTheLimit() {
        assertEquals(20 * Scale.factor(), Scale.times(20, Integer.MAX_VALUE));
        assertEquals(30, Scale.times(31, 30));
    }
}
