package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.PrincipalName;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformNameTest {
    private final Krb5Mechanism mechanism = new Krb5Mechanism();

    /** What is accepted is one name for one principal, whatever characters there are. */
    @Property(tries = 2000)
    void a_name_is_refused_or_tells_its_principal(
            @ForAll @Size(min = 1, max = 4) List<@StringLength(max = 6) String> components,
            @ForAll @StringLength(max = 6) String realm)
            throws GSSException {
        check(components, realm);
    }

    /** The same where the special characters come often. */
    @Property(tries = 2000)
    void a_name_of_special_characters_is_refused_or_tells_its_principal(
            @ForAll @Size(min = 1, max = 3)
                    List<@StringLength(max = 4) @Chars({'a', '/', '@', '\\', '\0', ':', ' '}) String> components,
            @ForAll @StringLength(max = 3) @Chars({'R', '/', '@', '\\', ':'}) String realm)
            throws GSSException {
        check(components, realm);
    }

    private static void check(List<String> components, String realm) throws GSSException {
        Principal principal = new Principal(new PrincipalName(PrincipalName.NT_PRINCIPAL, components), realm);
        PlatformName name;
        try {
            name = PlatformName.of(principal);
        } catch (GSSException e) {
            assertEquals(GSSException.FAILURE, e.getMajor());
            return;
        }
        assertEquals(String.join("/", components) + "@" + realm, name.toString());
        byte[] exported = name.name().export();
        assertTrue(new String(exported, StandardCharsets.UTF_8).endsWith(name.toString()));
        Principal again = Principal.parse(name.toString(), PrincipalName.NT_PRINCIPAL);
        assertEquals(components, again.name().nameString());
        assertEquals(realm, again.realm());
        assertEquals(name.name(), PlatformName.ofText(name.text()).name());
    }

    @Test
    void names_that_the_platform_takes_for_equal_are_refused() {
        assertThrows(
                GSSException.class,
                () -> PlatformName.of(
                        new Principal(PrincipalName.of(PrincipalName.NT_PRINCIPAL, "alice/admin"), "R.TEST")));
        assertThrows(
                GSSException.class,
                () -> PlatformName.of(
                        new Principal(PrincipalName.of(PrincipalName.NT_PRINCIPAL, "alice", ""), "R.TEST")));
    }

    @Test
    void text_that_is_not_utf8_and_half_a_character_are_refused() throws Exception {
        // What the replacement character stands for is not what it is made of.
        PlatformName replaced = PlatformName.ofText("\ufffd@R.TEST".getBytes(StandardCharsets.UTF_8));
        assertEquals("\ufffd@R.TEST", replaced.toString());
        assertThrows(GSSException.class, () -> PlatformName.ofText(new byte[] {(byte) 0xFF, '@', 'R'}));
        assertThrows(
                GSSException.class,
                () -> PlatformName.ofText(new byte[] {(byte) 0xFF, '@', 'R', '.', 'T', 'E', 'S', 'T'}));
        assertThrows(
                GSSException.class,
                () -> PlatformName.of(new Principal(PrincipalName.of(PrincipalName.NT_PRINCIPAL, "\ud800"), "R.TEST")));
    }

    @Test
    void names_that_were_made_before_are_the_same() throws Exception {
        PlatformName first = PlatformName.of(TestRealm.ALICE);
        for (int i = 0; i < 3000; i++) {
            String text = "user" + i + "@EXAMPLE.TEST";
            PlatformName name = PlatformName.ofText(text.getBytes(StandardCharsets.UTF_8));
            assertEquals(text, name.name().toString());
            assertEquals(
                    name.name(),
                    PlatformName.ofText(text.getBytes(StandardCharsets.UTF_8)).name());
        }
        assertEquals(first.name(), PlatformName.of(TestRealm.ALICE).name());
    }

    @Test
    void a_principal_in_full_needs_no_configuration() throws Exception {
        GSSName name = mechanism.name("HTTP/www.example.test@EXAMPLE.TEST", PlatformName.PRINCIPAL_NAME);
        assertEquals("HTTP/www.example.test@EXAMPLE.TEST", name.toString());
        assertEquals(name, mechanism.name("HTTP/www.example.test@EXAMPLE.TEST", GSSName.NT_USER_NAME));
        assertEquals(name, mechanism.name("HTTP/www.example.test@EXAMPLE.TEST", null));
        assertEquals(name, mechanism.name(name.export(), GSSName.NT_EXPORT_NAME));
        assertEquals(
                name,
                mechanism.name(
                        "HTTP/www.example.test@EXAMPLE.TEST".getBytes(StandardCharsets.UTF_8),
                        PlatformName.PRINCIPAL_NAME));
        assertNotEquals(name, mechanism.name("HTTP/www.example.test@OTHER.TEST", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "a/@R", "/a@R", "a//b@R", "a\\/b@R", "a\\@b@R", "a\0b@R"})
    void rfc2743_2_4_5_a_malformed_name_is_bad_name(String text) {
        GSSException e = assertThrows(GSSException.class, () -> mechanism.name(text, PlatformName.PRINCIPAL_NAME));
        assertEquals(GSSException.BAD_NAME, e.getMajor());
    }

    @Test
    void rfc2743_2_4_5_an_unknown_type_is_bad_nametype() throws Exception {
        for (Oid type : List.of(GSSName.NT_ANONYMOUS, GSSName.NT_MACHINE_UID_NAME, new Oid("1.2.3"))) {
            GSSException e = assertThrows(GSSException.class, () -> mechanism.name("alice@R", type));
            assertEquals(GSSException.BAD_NAMETYPE, e.getMajor());
        }
    }

    @Test
    void rfc2743_3_2_a_malformed_exported_name_is_bad_name() throws Exception {
        byte[] exported = mechanism.name("alice@EXAMPLE.TEST", null).export();
        for (int length = 0; length < exported.length; length++) {
            byte[] cut = Arrays.copyOf(exported, length);
            GSSException e = assertThrows(GSSException.class, () -> mechanism.name(cut, GSSName.NT_EXPORT_NAME));
            assertEquals(GSSException.BAD_NAME, e.getMajor());
        }
    }
}
