package dev.gssbaton.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransferFaultTest {
    @Test
    void numbers_and_texts_are_unique() {
        Map<Integer, TransferFault> numbers = new HashMap<>();
        Set<String> texts = new HashSet<>();
        for (TransferFault fault : TransferFault.values()) {
            TransferFault other = numbers.put(fault.minorCode(), fault);
            assertEquals(null, other, () -> fault + " has the number of " + other);
            assertTrue(texts.add(fault.text()), () -> fault + " has the text of another");
            assertFalse(fault.text().isBlank());
            assertEquals(0x4254, fault.minorCode() >>> 16);
        }
    }

    @ParameterizedTest
    @EnumSource
    void of_finds_the_fault_again(TransferFault fault) {
        Throwable cause = new IllegalStateException("cause");
        assertFound(fault, fault.exception(), fault.text());
        assertFound(fault, fault.exception("a detail"), fault.text() + ": a detail");
        GSSException caused = fault.exception("a detail", cause);
        assertFound(fault, caused, fault.text() + ": a detail");
        assertSame(cause, caused.getCause());
    }

    private static void assertFound(TransferFault fault, GSSException exception, String text) {
        assertEquals(Optional.of(fault), TransferFault.of(exception));
        assertEquals(fault.majorCode(), exception.getMajor());
        assertEquals(fault.minorCode(), exception.getMinor());
        assertEquals(text, exception.getMinorString());
    }

    @ParameterizedTest
    @EnumSource
    void other_exceptions_are_no_faults(TransferFault fault) {
        assertEquals(Optional.empty(), TransferFault.of(new GSSException(fault.majorCode())));
        int other = fault.majorCode() == GSSException.BAD_QOP ? GSSException.BAD_MIC : GSSException.BAD_QOP;
        assertEquals(Optional.empty(), TransferFault.of(new GSSException(other, fault.minorCode(), fault.text())));
    }

    /** RFC 2743 sections 2.2.8 and 2.2.9, and what a later message gets. */
    @ParameterizedTest
    @EnumSource
    void rfc2743_2_2_9_the_major_code_is_one_of_those_named(TransferFault fault) {
        Set<Integer> named = Set.of(
                GSSException.CONTEXT_EXPIRED,
                GSSException.NO_CONTEXT,
                GSSException.UNAVAILABLE,
                GSSException.FAILURE,
                GSSException.DEFECTIVE_TOKEN,
                GSSException.UNAUTHORIZED);
        assertTrue(named.contains(fault.majorCode()));
    }
}
