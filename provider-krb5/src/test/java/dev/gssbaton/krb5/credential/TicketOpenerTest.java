package dev.gssbaton.krb5.credential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.PrincipalName;
import dev.gssbaton.krb5.message.Ticket;
import dev.gssbaton.krb5.ticket.AcceptorKeys;
import dev.gssbaton.krb5.ticket.CurrentSubject;
import dev.gssbaton.krb5.ticket.OpenedTicket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KeyTab;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which key opens a ticket (kerberos.md, check 2), and what is said when none does. */
class TicketOpenerTest {
    private static final String HTTP = "HTTP/www.baton.test@BATON.TEST";
    private static final String HOST = "host/www.baton.test@BATON.TEST";

    @TempDir
    Path folder;

    private Path keytab;

    @BeforeEach
    void keytab() throws Exception {
        keytab = Files.write(
                folder.resolve("service.keytab"),
                KeytabWriter.version2()
                        .entry(HTTP, 2, 18)
                        .entry(HTTP, 4, 18)
                        .entry(HTTP, 3, 18)
                        .entry(HTTP, 4, 17)
                        .entry(HTTP, 4, 26)
                        .entry(HOST, 9, 18)
                        .bytes());
    }

    @Test
    void rfc4120_the_version_that_the_ticket_names_opens_it() throws Exception {
        assertOpenedBy(HTTP, 3, keys(HTTP), ticket(HTTP, 3, OptionalLong.of(3)));
    }

    @Test
    void kerberos_md_2_a_ticket_without_version_or_with_a_wrong_one_is_opened_by_whichever_fits() throws Exception {
        for (int kvno = 2; kvno <= 4; kvno++) {
            assertOpenedBy(HTTP, kvno, keys(HTTP), ticket(HTTP, kvno, OptionalLong.empty()));
            assertOpenedBy(HTTP, kvno, keys(HTTP), ticket(HTTP, kvno, OptionalLong.of(99)));
            assertOpenedBy(HTTP, kvno, keys(HTTP), ticket(HTTP, kvno, OptionalLong.of(2)));
        }
    }

    @Test
    void kerberos_md_2_the_acceptors_name_is_that_of_the_key() throws Exception {
        // The name in the ticket stands outside the encryption.
        assertOpenedBy(HTTP, 3, keys(HTTP), ticket(HOST, 3, OptionalLong.of(3)));
        assertOpenedBy(HTTP, 3, keys(null), ticket(HOST, 3, OptionalLong.of(3)));
        assertOpenedBy(HOST, 9, keys(null), ticket("other/host@BATON.TEST", 9, OptionalLong.empty()));
    }

    @Test
    void an_opened_tickets_service_key_is_the_one_that_opened_it() throws Exception {
        try (OpenedTicket opened = keys(HTTP).open(ticket(HTTP, 3, OptionalLong.of(3)))) {
            assertArrayEquals(
                    KeytabWriter.key(3, 18), opened.serviceKey().secret().lend(byte[]::clone));
        }
    }

    @Test
    void another_principals_key_is_not_tried() throws Exception {
        KerberosException e = assertRefused(keys(HTTP), ticket(HOST, 9, OptionalLong.of(9)));
        assertEquals(ErrorCode.KRB_AP_ERR_NOT_US, e.errorCode());
        assertSays(e, HOST, HTTP, keytab.toString());
    }

    @Test
    void a_missing_encryption_type_is_named() throws Exception {
        KerberosException e = assertRefused(keys(HTTP), Tickets.ticket(HTTP, 4, 20, OptionalLong.of(4)));
        assertEquals(ErrorCode.KRB_AP_ERR_NOKEY, e.errorCode());
        assertEquals(GSSException.NO_CRED, e.getMajor());
        assertSays(e, HTTP, "aes256-cts-hmac-sha384-192 (20)", "[17, 18, 26]", keytab.toString(), "add");
    }

    @Test
    void a_missing_key_version_is_named() throws Exception {
        byte[] newer = new byte[32];
        KerberosException e = assertRefused(keys(HTTP), Tickets.ticket(HTTP, newer, 18, OptionalLong.of(5)));
        assertEquals(ErrorCode.KRB_AP_ERR_BADKEYVER, e.errorCode());
        assertSays(e, HTTP, "key version 5", "versions 4, 3, 2", keytab.toString(), "fetch a new keytab");
    }

    @Test
    void a_wrong_key_looks_like_a_changed_ticket() throws Exception {
        KerberosException wrongKey =
                assertRefused(keys(HTTP), Tickets.ticket(HTTP, new byte[32], 18, OptionalLong.of(4)));
        Ticket ticket = ticket(HTTP, 4, OptionalLong.of(4));
        byte[] cipher = ticket.encPart().cipher().toBytes();
        cipher[cipher.length / 2] ^= 1;
        KerberosException changed = assertRefused(
                keys(HTTP), new Ticket(ticket.service(), new EncryptedData(18, OptionalLong.of(4), Octets.of(cipher))));
        assertEquals(ErrorCode.KRB_AP_ERR_BAD_INTEGRITY, wrongKey.errorCode());
        assertEquals(wrongKey.getMessage(), changed.getMessage());
        assertSays(changed, HTTP, "key version 4", keytab.toString());
    }

    @Test
    void every_flipped_bit_of_a_ciphertext_is_refused() throws Exception {
        AcceptorKeys keys = keys(HTTP);
        Ticket ticket = ticket(HTTP, 4, OptionalLong.of(4));
        byte[] cipher = ticket.encPart().cipher().toBytes();
        for (int bit = 0; bit < 8 * cipher.length; bit++) {
            byte[] flipped = cipher.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            KerberosException e = assertRefused(
                    keys, new Ticket(ticket.service(), new EncryptedData(18, OptionalLong.of(4), Octets.of(flipped))));
            assertEquals(ErrorCode.KRB_AP_ERR_BAD_INTEGRITY, e.errorCode());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@", "/", "a\0b", "a/b"})
    void an_unbound_keytab_of_a_subject_is_not_asked_for_a_service_that_no_platform_has(String part) throws Exception {
        Subject subject = new Subject();
        subject.getPrivateCredentials().add(KeyTab.getUnboundInstance(keytab.toFile()));
        AcceptorKeys keys = CurrentSubject.call(
                        subject, () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.ACCEPT_ONLY))
                .unwrap(AcceptorKeys.class);
        Ticket good = ticket(HTTP, 4, OptionalLong.of(4));
        assertOpenedBy(HTTP, 4, keys, good);
        for (Principal nobody : List.of(
                new Principal(PrincipalName.of(PrincipalName.NT_SRV_HST, part), "BATON.TEST"),
                new Principal(PrincipalName.of(PrincipalName.NT_SRV_HST, "HTTP", part), "BATON.TEST"),
                new Principal(PrincipalName.of(PrincipalName.NT_SRV_HST), "BATON.TEST"),
                new Principal(PrincipalName.of(PrincipalName.NT_SRV_HST, "HTTP"), part))) {
            KerberosException e = assertRefused(keys, new Ticket(nobody, good.encPart()));
            assertEquals(ErrorCode.KRB_AP_ERR_NOKEY, e.errorCode());
        }
    }

    @Test
    void a_type_that_is_not_permitted_is_refused_before_any_key_is_tried() throws Exception {
        AcceptorOptions options = AcceptorOptions.DEFAULT.withPermittedEncryptionTypes(Set.of(17));
        AcceptorKeys keys = Krb5Credential.fromKeytab(keytab, HTTP, options).unwrap(AcceptorKeys.class);
        KerberosException e = assertRefused(keys, ticket(HTTP, 4, OptionalLong.of(4)));
        assertEquals(ErrorCode.KDC_ERR_ETYPE_NOSUPP, e.errorCode());
        assertSays(e, "aes256-cts-hmac-sha1-96 (18)", "[17]");
        assertOpenedBy(HTTP, 4, keys, Tickets.ticket(HTTP, 4, 17, OptionalLong.of(4)));
    }

    @Test
    void a_peers_name_is_made_printable() throws Exception {
        KerberosException e = assertRefused(keys(HTTP), ticket("evil\u001b[2J@BATON.TEST", 9, OptionalLong.of(9)));
        assertFalse(e.getMessage().contains("\u001b"), e.getMessage());
    }

    private AcceptorKeys keys(String principal) throws GSSException {
        return Krb5Credential.fromKeytab(keytab, principal).unwrap(AcceptorKeys.class);
    }

    private static Ticket ticket(String service, int kvno, OptionalLong named) {
        return Tickets.ticket(service, kvno, 18, named);
    }

    private static void assertOpenedBy(String principal, int kvno, AcceptorKeys keys, Ticket ticket)
            throws KerberosException {
        try (OpenedTicket opened = keys.open(ticket)) {
            assertEquals(principal, opened.acceptor().toString());
            assertEquals(kvno, opened.kvno());
            assertEquals(Tickets.ALICE, opened.encPart().client());
        }
    }

    private static KerberosException assertRefused(AcceptorKeys keys, Ticket ticket) {
        return assertThrows(KerberosException.class, () -> keys.open(ticket));
    }

    private static void assertSays(GSSException e, String... words) {
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), e.getMessage() + " does not say " + word);
        }
    }
}
