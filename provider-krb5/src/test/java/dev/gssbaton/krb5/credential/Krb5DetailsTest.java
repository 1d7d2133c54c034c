package dev.gssbaton.krb5.credential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class Krb5DetailsTest {
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void rfc4120_5_3_bit_0_of_the_flags_is_the_highest() {
        Krb5Details details = new Krb5Details(18, TIME, TIME, TIME, null, 0x4000_0001, List.of(), List.of(), false);
        assertTrue(details.hasTicketFlag(1));
        assertTrue(details.hasTicketFlag(31));
        assertFalse(details.hasTicketFlag(0));
        assertThrows(IndexOutOfBoundsException.class, () -> details.hasTicketFlag(32));
    }

    @Test
    void authorization_data_are_copies_and_equal_by_value() {
        byte[] data = {1, 2};
        AuthorizationElement element = new AuthorizationElement(128, data);
        List<AuthorizationElement> elements = new ArrayList<>(List.of(element));
        Krb5Details details = new Krb5Details(18, TIME, TIME, TIME, TIME, 0, elements, List.of(), true);
        data[0] = 9;
        element.data()[1] = 9;
        elements.clear();
        assertArrayEquals(
                new byte[] {1, 2}, details.ticketAuthorizationData().get(0).data());
        AuthorizationElement same = new AuthorizationElement(128, new byte[] {1, 2});
        assertEquals(same, element);
        assertEquals(same.hashCode(), element.hashCode());
        assertNotEquals(element, new AuthorizationElement(129, new byte[] {1, 2}));
        assertNotEquals(element, new AuthorizationElement(128, new byte[] {1}));
        assertFalse(element.toString().contains("[1"), element.toString());
    }
}
