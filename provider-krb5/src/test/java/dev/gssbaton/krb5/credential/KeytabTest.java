package dev.gssbaton.krb5.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.PrincipalName;
import dev.gssbaton.krb5.ticket.AcceptorKeys;
import dev.gssbaton.krb5.ticket.OpenedTicket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file behind the keys: missing, unreadable, replaced while in use. */
class KeytabTest {
    private static final String HTTP = "HTTP/www.baton.test@BATON.TEST";
    private static final long BETWEEN_LOOKS = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    Path folder;

    private final AtomicLong clock = new AtomicLong();

    @Test
    void a_missing_keytab_is_named() {
        Path missing = folder.resolve("missing.keytab");
        assertUnusable(missing, "does not exist", "ktadd");
    }

    @Test
    void an_unreadable_keytab_is_named() throws Exception {
        assumeFalse("root".equals(System.getProperty("user.name")), "root reads everything");
        Path file = write(KeytabWriter.version2().entry(HTTP, 1, 18));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("-wx------"));
        assertUnusable(file, "cannot be read by user " + System.getProperty("user.name"));
    }

    @Test
    void a_folder_or_another_file_is_no_keytab() throws Exception {
        assertUnusable(folder, "cannot be read");
        assertUnusable(Files.writeString(folder.resolve("text"), "no keytab"), "05 01", "create it anew");
    }

    @Test
    void a_broken_keytab_says_where() throws Exception {
        byte[] whole = KeytabWriter.version2().entry(HTTP, 1, 18).bytes();
        Path file = Files.write(folder.resolve("k"), Arrays.copyOf(whole, whole.length - 5));
        assertUnusable(file, "the record at octet 2 ends within its entry");
    }

    @Test
    void a_keytab_larger_than_any_is_refused() throws Exception {
        Path file = Files.write(folder.resolve("k"), new byte[KeytabFormat.MAX_SIZE + 1]);
        assertUnusable(file, "more than");
    }

    @Test
    void a_replaced_keytab_is_read_again_without_a_restart() throws Exception {
        Path file = write(KeytabWriter.version2().entry(HTTP, 1, 18));
        AcceptorKeys keys = Krb5Credential.fromKeytab(file, HTTP).unwrap(AcceptorKeys.class);
        assertOpens(keys, 1);
        assertThrows(KerberosException.class, () -> open(keys, 2));
        write(KeytabWriter.version2().entry(HTTP, 2, 18).entry(HTTP, 1, 18));
        awaitOpening(keys, 2);
        assertOpens(keys, 1);
    }

    @Test
    void a_removed_keytab_has_no_keys_any_more_and_may_come_back() throws Exception {
        Path file = write(KeytabWriter.version2().entry(HTTP, 1, 18));
        AcceptorKeys keys = keys(file, clock::get);
        Files.delete(file);
        assertOpens(keys, 1);
        clock.addAndGet(BETWEEN_LOOKS);
        for (int i = 0; i < 2; i++) {
            KerberosException e = assertThrows(KerberosException.class, () -> open(keys, 1));
            assertEquals(GSSException.NO_CRED, e.getMajor());
            assertTrue(e.getMessage().contains("does not exist"), e.getMessage());
        }
        write(KeytabWriter.version2().entry(HTTP, 1, 18));
        assertThrows(KerberosException.class, () -> open(keys, 1));
        clock.addAndGet(BETWEEN_LOOKS);
        assertOpens(keys, 1);
    }

    @Test
    void a_keytab_that_is_being_written_is_read_when_it_is_whole() throws Exception {
        Path file = write(KeytabWriter.version2().entry(HTTP, 1, 18));
        AcceptorKeys keys = keys(file, clock::get);
        byte[] next =
                KeytabWriter.version2().entry(HTTP, 1, 18).entry(HTTP, 2, 18).bytes();
        Files.write(file, Arrays.copyOf(next, next.length - 10));
        clock.addAndGet(BETWEEN_LOOKS);
        KerberosException torn = assertThrows(KerberosException.class, () -> open(keys, 2));
        assertTrue(torn.getMessage().contains("ends within its entry"), torn.getMessage());
        Files.write(file, next);
        clock.addAndGet(BETWEEN_LOOKS);
        assertOpens(keys, 2);
    }

    @Test
    void a_keytab_that_is_written_twice_in_a_moment_is_read_again() throws Exception {
        Path file = write(KeytabWriter.version2().entry(HTTP, 1, 18));
        FileTime moment = FileTime.from(Instant.now().plusSeconds(60)); // that it stays recent however slow the test is
        Files.setLastModifiedTime(file, moment);
        AcceptorKeys keys = keys(file, clock::get);
        assertOpens(keys, 1);
        Files.write(file, KeytabWriter.version2().entry(HTTP, 2, 18).bytes()); // in place, and as large
        Files.setLastModifiedTime(file, moment);
        clock.addAndGet(BETWEEN_LOOKS);
        assertOpens(keys, 2);
    }

    @Test
    void threads_open_tickets_while_the_file_is_replaced() throws Exception {
        Path file = write(KeytabWriter.version2().entry(HTTP, 1, 18));
        // So that each look comes with the next ticket.
        AcceptorKeys keys = keys(file, () -> clock.addAndGet(BETWEEN_LOOKS));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        AtomicBoolean done = new AtomicBoolean();
        List<Future<Integer>> opened = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Callable<Integer> opener = () -> {
                int count = 0;
                do {
                    assertOpens(keys, 1);
                    count++;
                } while (!done.get());
                return count;
            };
            opened.add(threads.submit(opener));
        }
        try {
            for (int kvno = 2; kvno < 100; kvno++) {
                write(KeytabWriter.version2().entry(HTTP, 1, 18).entry(HTTP, kvno, 18));
                assertOpens(keys, kvno);
            }
        } finally {
            done.set(true);
        }
        for (Future<Integer> count : opened) {
            assertTrue(count.get() > 0);
        }
        threads.shutdown();
    }

    @Test
    void keys_are_erased_when_the_last_user_has_closed_the_ring() throws Exception {
        Path file = write(KeytabWriter.version2().entry(HTTP, 1, 18));
        Keytab keytab = Keytab.open(file);
        KeyRing ring = keytab.keys(null);
        LongTermKey key = ring.keys().get(0);
        keytab.close();
        assertFalse(key.key().secret().isDestroyed()); // still in use
        ring.close();
        assertTrue(key.key().secret().isDestroyed());
        assertThrows(KerberosException.class, () -> keytab.keys(null));
    }

    private static AcceptorKeys keys(Path file, LongSupplier nanoTime) throws KerberosException {
        return new TicketOpener(
                Keytab.open(file, nanoTime), Principal.parse(HTTP, PrincipalName.NT_PRINCIPAL), Set.of(18));
    }

    private Path write(KeytabWriter keytab) throws Exception {
        Path fresh = Files.write(Files.createTempFile(folder, "new", ".keytab"), keytab.bytes());
        return Files.move(fresh, folder.resolve("service.keytab"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void assertUnusable(Path file, String... words) {
        GSSException e = assertThrows(GSSException.class, () -> Krb5Credential.fromKeytab(file, HTTP));
        assertEquals(GSSException.NO_CRED, e.getMajor());
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), e.getMessage() + " does not say " + word);
        }
    }

    private static OpenedTicket open(AcceptorKeys keys, int kvno) throws KerberosException {
        return keys.open(Tickets.ticket(HTTP, kvno, 18, OptionalLong.of(kvno)));
    }

    private static void awaitOpening(AcceptorKeys keys, int kvno) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try {
                assertOpens(keys, kvno);
                return;
            } catch (KerberosException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    private static void assertOpens(AcceptorKeys keys, int kvno) throws KerberosException {
        try (OpenedTicket opened = open(keys, kvno)) {
            assertEquals(kvno, opened.kvno());
            assertNull(opened.encPart().renewTill());
        }
    }
}
