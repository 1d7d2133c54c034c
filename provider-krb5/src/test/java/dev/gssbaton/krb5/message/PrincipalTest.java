package dev.gssbaton.krb5.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrincipalTest {
    @Test
    void rfc1964_2_1_1_components_are_separated_by_slashes() {
        Principal principal = Principal.parse("HTTP/www.baton.test@BATON.TEST", PrincipalName.NT_SRV_HST);
        assertEquals(List.of("HTTP", "www.baton.test"), principal.name().nameString());
        assertEquals("BATON.TEST", principal.realm());
        assertEquals("HTTP/www.baton.test@BATON.TEST", principal.toString());
    }

    @Test
    void rfc1964_2_1_1_a_backslash_takes_a_separators_meaning_away() {
        Principal principal = Principal.parse("a\\/b\\@c\\\\/d@R\\@S", 1);
        assertEquals(List.of("a/b@c\\", "d"), principal.name().nameString());
        assertEquals("R@S", principal.realm());
        assertEquals("a\\/b\\@c\\\\/d@R\\@S", principal.toString());
    }

    @Test
    void rfc1964_2_1_1_control_characters_have_letters() {
        Principal principal = Principal.parse("a\\n\\t\\b\\0\\x@R", 1);
        assertEquals(List.of("a\n\t\b\0x"), principal.name().nameString());
        assertEquals("a\\n\\t\\b\\0x@R", principal.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@", "alice", "alice@", "@R", "a@b@R", "a@R\\", "\\", "alice\\@R"})
    void a_text_without_name_or_realm_is_refused(String text) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Principal.parse(text, 1));
        assertTrue(e.getMessage().contains("principal name"), e.getMessage());
    }

    @Test
    void too_many_components_are_refused() {
        String text = "a/".repeat(PrincipalName.MAX_COMPONENTS) + "a@R";
        assertThrows(IllegalArgumentException.class, () -> Principal.parse(text, 1));
    }

    @Test
    void rfc4120_6_2_the_name_type_does_not_tell_two_names_apart() {
        Principal one = Principal.parse("a/b@R", PrincipalName.NT_SRV_HST);
        Principal other = Principal.parse("a/b@R", PrincipalName.NT_PRINCIPAL);
        assertTrue(one.matches(other));
        assertFalse(one.matches(Principal.parse("a/b@S", PrincipalName.NT_SRV_HST)));
        assertFalse(one.matches(Principal.parse("a/c@R", PrincipalName.NT_SRV_HST)));
        assertFalse(one.matches(Principal.parse("a\\/b@R", PrincipalName.NT_SRV_HST)));
    }

    @Property
    void what_is_written_is_read_again(@ForAll("principals") Principal principal) {
        assertEquals(
                principal,
                Principal.parse(principal.toString(), principal.name().nameType()));
    }

    @Property
    void a_text_is_read_or_refused(@ForAll("texts") String text) {
        try {
            Principal principal = Principal.parse(text, 0);
            assertEquals(principal, Principal.parse(principal.toString(), 0));
        } catch (IllegalArgumentException e) {
            assertFalse(e.getMessage().isBlank());
        }
    }

    @Provide
    Arbitrary<Principal> principals() {
        return MessageArbitraries.principals();
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withChars("ab/@\\nt0\0\n é").ofMaxLength(12);
    }
}
