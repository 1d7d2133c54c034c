package dev.gssbaton.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.TransferFault;
import java.util.List;
import java.util.Optional;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.function.Executable;

/** Assertions about refusals. */
final class Refusals {
    /** The statuses of a message that is not what its maker protected. */
    static final List<Integer> BAD_MESSAGE = List.of(GSSException.DEFECTIVE_TOKEN, GSSException.BAD_MIC);

    private Refusals() {}

    static void assertStatus(int major, Executable call) {
        assertStatus(List.of(major), call);
    }

    static void assertStatus(List<Integer> majors, Executable call) {
        GSSException refusal = assertThrows(GSSException.class, call);
        assertTrue(majors.contains(refusal.getMajor()), () -> "not the status of " + refusal);
    }

    static void assertFault(TransferFault fault, Executable call) {
        GSSException refusal = assertThrows(GSSException.class, call);
        assertEquals(Optional.of(fault), TransferFault.of(refusal), refusal::toString);
    }
}
