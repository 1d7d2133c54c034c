package dev.gssbaton.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.TransferFault;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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
        GSSException refusal = refusalOf(call, () -> "to be refused with " + text(majors));
        assertTrue(
                majors.contains(refusal.getMajor()), () -> "to be refused with " + text(majors) + ", not " + refusal);
    }

    static void assertFault(TransferFault fault, Executable call) {
        GSSException refusal = refusalOf(call, () -> "to be refused with " + fault);
        assertEquals(Optional.of(fault), TransferFault.of(refusal), refusal::toString);
    }

    /** Asserts that a refusal says more than its status: {@link GSSException} hides the minor string of minor code 0. */
    static void assertShowsItsText(String what, Executable call) {
        GSSException refusal = refusalOf(call, () -> what + " to be refused");
        String text = refusal.getMinorString();
        assertTrue(
                text != null && !text.isBlank() && refusal.getMessage().contains(text),
                () -> what + ": a minor code that is not 0, and a text that says what is wrong, not only '"
                        + refusal.getMessage() + "' (TransferFault.refusal makes such an exception)");
    }

    private static GSSException refusalOf(Executable call, Supplier<String> expected) {
        return assertThrows(GSSException.class, call, expected);
    }

    private static String text(List<Integer> majors) {
        return majors.stream()
                .map(major -> "'" + new GSSException(major).getMajorString() + "' (" + major + ")")
                .collect(Collectors.joining(" or "));
    }
}
