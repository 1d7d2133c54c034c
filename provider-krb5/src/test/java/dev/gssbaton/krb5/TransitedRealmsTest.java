package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gssbaton.krb5.message.TransitedEncoding;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The encodings are those of RFC 4120 section 3.3.3.2. */
class TransitedRealmsTest {
    private static final Set<String> ALL_OF_THE_RFC =
            Set.of("EDU", "MIT.EDU", "ATHENA.MIT.EDU", "WASHINGTON.EDU", "CS.WASHINGTON.EDU");

    @Test
    void rfc4120_3_3_3_2_a_period_at_the_end_goes_before_the_previous_realm() {
        trusted(true, "EDU,MIT.,ATHENA.,WASHINGTON.EDU,CS.", "A.ORG", "B.COM", ALL_OF_THE_RFC);
        for (String missing : ALL_OF_THE_RFC) {
            Set<String> fewer = new HashSet<>(ALL_OF_THE_RFC);
            fewer.remove(missing);
            trusted(false, "EDU,MIT.,ATHENA.,WASHINGTON.EDU,CS.", "A.ORG", "B.COM", fewer);
        }
    }

    @Test
    void rfc4120_3_3_3_2_a_slash_at_the_beginning_goes_behind_the_previous_realm() {
        Set<String> all = Set.of("/COM", "/COM/HP", "/COM/HP/APOLLO", "/COM/DEC");
        trusted(true, "/COM,/HP,/APOLLO, /COM/DEC", "A.ORG", "B.COM", all);
        trusted(false, "/COM,/HP,/APOLLO,/COM/DEC", "A.ORG", "B.COM", all);
    }

    @ParameterizedTest
    @CsvSource({
        "',', ATHENA.MIT.EDU, CS.WASHINGTON.EDU, true",
        "',EDU,WASHINGTON.', ATHENA.MIT.EDU, CS.WASHINGTON.EDU, true",
        "'EDU,', ATHENA.MIT.EDU, CS.WASHINGTON.EDU, true",
        "'EDU,EVIL.COM', ATHENA.MIT.EDU, CS.WASHINGTON.EDU, false",
        "',EVIL.COM,', ATHENA.MIT.EDU, CS.WASHINGTON.EDU, false",
        "EDU, MIT.EDU, EDU, true",
        "MIT.EDU, ATHENA.MIT.EDU, EDU, true",
        "WASHINGTON.EDU, ATHENA.MIT.EDU, EDU, false",
        "COM, MIT.EDU, HP.COM, false",
        "edu, MIT.EDU, WASHINGTON.EDU, false",
        "'E\\DU', MIT.EDU, WASHINGTON.EDU, true",
        "'EDU\\.', MIT.EDU, WASHINGTON.EDU, false",
        "'MIT.,EDU', ATHENA.MIT.EDU, WASHINGTON.EDU, false",
        "'EDU\\', MIT.EDU, WASHINGTON.EDU, false",
    })
    void rfc4120_2_7_realms_between_in_the_hierarchy_are_trusted(
            String contents, String client, String acceptor, boolean expected) {
        trusted(expected, contents, client, acceptor, Set.of());
    }

    @Test
    void an_unknown_encoding_is_not_trusted_and_none_needs_no_encoding() {
        TransitedEncoding other = new TransitedEncoding(2, ForgedTicket.octets("EDU"));
        assertEquals(false, TransitedRealms.areTrusted(other, "MIT.EDU", "WASHINGTON.EDU", Set.of("EDU")));
        TransitedEncoding none = new TransitedEncoding(0, ForgedTicket.octets(""));
        assertEquals(true, TransitedRealms.areTrusted(none, "MIT.EDU", "WASHINGTON.EDU", Set.of()));
    }

    @Test
    void names_that_grow_with_each_subfield_are_refused() {
        trusted(false, "A" + ",A.".repeat(20_000), "A", "A", Set.of("A"));
        trusted(false, "A,".repeat(20_000) + "A", "A", "A", Set.of("A"));
    }

    private static void trusted(boolean expected, String contents, String client, String acceptor, Set<String> named) {
        TransitedEncoding transited =
                new TransitedEncoding(TransitedEncoding.DOMAIN_X500_COMPRESS, ForgedTicket.octets(contents));
        assertEquals(expected, TransitedRealms.areTrusted(transited, client, acceptor, named), contents);
    }
}
