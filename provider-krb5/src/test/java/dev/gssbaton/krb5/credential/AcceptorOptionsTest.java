package dev.gssbaton.krb5.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.credential.AcceptorOptions.Announcement;
import dev.gssbaton.krb5.credential.AcceptorOptions.Relaxation;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AcceptorOptionsTest {
    @Test
    void the_default_gives_nothing_up() {
        assertEquals(Duration.ofMinutes(5), AcceptorOptions.DEFAULT.clockSkew());
        assertEquals(Set.of(17, 18, 19, 20, 25, 26), AcceptorOptions.DEFAULT.permittedEncryptionTypes());
        for (Relaxation relaxation : Relaxation.values()) {
            assertFalse(AcceptorOptions.DEFAULT.allows(relaxation));
        }
        assertFalse(AcceptorOptions.DEFAULT.announces(Announcement.CHANNEL_BINDINGS));
    }

    @Test
    void each_method_changes_its_part_alone() {
        AcceptorOptions options = AcceptorOptions.DEFAULT
                .withClockSkew(Duration.ofSeconds(7))
                .withPermittedEncryptionTypes(Set.of(18, 20))
                .withPreferredEncryptionTypes(List.of(20))
                .withTransitRealms(Set.of("MIDDLE"))
                .allowing(Relaxation.ABSENT_CHANNEL_BINDINGS)
                .announcing(Announcement.CHANNEL_BINDINGS)
                .allowing(Relaxation.UNCHECKED_TRANSIT_PATH);
        assertEquals(
                new AcceptorOptions(
                        Duration.ofSeconds(7),
                        Set.of(18, 20),
                        List.of(20),
                        Set.of("MIDDLE"),
                        EnumSet.of(Relaxation.UNCHECKED_TRANSIT_PATH, Relaxation.ABSENT_CHANNEL_BINDINGS),
                        Set.of(Announcement.CHANNEL_BINDINGS)),
                options);
        assertTrue(options.allows(Relaxation.ABSENT_CHANNEL_BINDINGS));
        assertFalse(options.allows(Relaxation.REPLAY_CACHE_IN_MEMORY_ONLY));
        assertTrue(options.announces(Announcement.CHANNEL_BINDINGS));
    }

    @Test
    void senseless_values_are_refused() {
        AcceptorOptions options = AcceptorOptions.DEFAULT;
        assertThrows(IllegalArgumentException.class, () -> options.withClockSkew(Duration.ofNanos(-1)));
        assertThrows(IllegalArgumentException.class, () -> options.withClockSkew(Duration.ofDays(2)));
        assertThrows(IllegalArgumentException.class, () -> options.withPermittedEncryptionTypes(Set.of()));
        assertThrows(IllegalArgumentException.class, () -> options.withPreferredEncryptionTypes(List.of(20, 16)));
        assertThrows(UnsupportedOperationException.class, () -> options.permittedEncryptionTypes()
                .add(23));
    }
}
