package dev.gssbaton.claim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gssbaton.spi.PublicId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StampTest {
    private static final String ID = "3f2a00000000000000000000000000ff";

    @Test
    void readsWhatItWrites() {
        for (Times time : List.of(
                new Times(0, 0),
                new Times(1767229260000L, 5025123),
                new Times(Long.MAX_VALUE, Long.MAX_VALUE),
                new Times(1, Long.MIN_VALUE + 1))) {
            Stamp stamp = new Stamp(PublicId.parse(ID), time, "9c1e07aa");
            assertEquals(Optional.of(stamp), Stamp.parse(stamp.toString()));
        }
        assertEquals(
                ID + ".1767229260000.5025123.9c1e07aa",
                new Stamp(PublicId.parse(ID), new Times(1767229260000L, 5025123), "9c1e07aa").toString());
    }

    @Test
    void readsTheOlderForm() {
        assertEquals(Optional.of(new Stamp(PublicId.parse(ID), new Times(17, 0), "")), Stamp.parse(ID + ".17"));
    }

    @Test
    void anythingElseIsDamaged() {
        for (String text : List.of(
                "",
                ID,
                ID + ".",
                ID + ".017",
                ID + ".-17",
                ID + ".17.",
                ID + ".17.5",
                ID + ".17.5.",
                ID + ".17.05.9c1e07aa",
                ID + ".17.-0.9c1e07aa",
                ID + ".17.5.9c1e07a",
                ID + ".17.5.9c1e07aab",
                ID + ".17.5.9C1E07AA",
                ID + ".17.5.9c1e07aa.",
                ID + ".17.5.9c1e07aa\n",
                ID + ".9999999999999999999",
                ID + ".17.9999999999999999999.9c1e07aa",
                "0" + ID + ".17",
                ID.substring(1) + ".17",
                ID.toUpperCase(java.util.Locale.ROOT) + ".17")) {
            assertEquals(Optional.empty(), Stamp.parse(text), text);
        }
    }
}
