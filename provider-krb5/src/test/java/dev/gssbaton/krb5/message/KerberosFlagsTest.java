package dev.gssbaton.krb5.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KerberosFlagsTest {
    @Test
    void rfc4120_5_2_8_bit_0_is_the_highest() {
        KerberosFlags forwardable = KerberosFlags.NONE.with(TicketFlag.FORWARDABLE);
        assertEquals(0x4000_0000, forwardable.toInt());
        assertEquals("40000000", forwardable.toString());
        assertTrue(forwardable.has(TicketFlag.FORWARDABLE));
        assertFalse(forwardable.has(TicketFlag.FORWARDED));
    }

    @Test
    void rfc4120_5_3_flags_have_their_numbers() {
        int number = 1;
        for (TicketFlag flag : TicketFlag.values()) {
            assertEquals(number++, flag.bitNumber());
            assertTrue(KerberosFlags.of(Integer.MIN_VALUE >>> flag.bitNumber()).has(flag));
        }
        assertEquals(
                0x2000_0000, KerberosFlags.NONE.with(ApOption.MUTUAL_REQUIRED).toInt());
        assertEquals(
                0x4000_0000, KerberosFlags.NONE.with(ApOption.USE_SESSION_KEY).toInt());
    }

    @Test
    void rfc4120_5_2_8_there_are_32_at_least() {
        assertThrows(IllegalArgumentException.class, () -> new KerberosFlags(0, 31));
        assertThrows(IllegalArgumentException.class, () -> new KerberosFlags(0, 65));
        assertThrows(IllegalArgumentException.class, () -> new KerberosFlags(1, 63));
        assertEquals(0, new KerberosFlags(1, 64).toInt());
    }
}
