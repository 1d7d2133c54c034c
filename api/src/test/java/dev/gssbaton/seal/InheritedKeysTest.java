package dev.gssbaton.seal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.TransferFault;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class InheritedKeysTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000);
    private final InheritedKeys parent = InheritedKeys.draw(new SecureRandom(), nanos::get);

    @TempDir
    private Path directory;

    @Test
    void a_child_has_the_parents_keys() throws Exception {
        try (InheritedKeys child = child(HOUR)) {
            assertShared(parent, child);
            assertShared(child, parent);
        }
    }

    @Test
    void a_child_gives_them_on() throws Exception {
        InheritedKeys child = child(HOUR);
        InheritedKeys grandchild = InheritedKeys.takeFrom(new ByteArrayInputStream(given(child, HOUR)), SOON);
        assertShared(parent, grandchild);
    }

    @Test
    void what_comes_after_a_message_is_the_applications() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        parent.giveTo(out, HOUR);
        assertEquals(InheritedKeys.MESSAGE_SIZE, out.size());
        out.write("work".getBytes(US_ASCII));
        InputStream in = new ByteArrayInputStream(out.toByteArray());
        InheritedKeys.takeFrom(in, SOON).close();
        assertEquals("work", new String(in.readAllBytes(), US_ASCII));
    }

    @Test
    void rotation_accepts_a_key_everywhere_before_it_seals() throws Exception {
        InheritedKeys child = child(HOUR);
        PublicId first = parent.exportKey("").id();
        parent.prepareNext();
        assertEquals(first, parent.exportKey("").id());
        update(child);
        SealingKey kept = child.exportKey("");
        parent.useNext();
        PublicId second = parent.exportKey("").id();
        assertFalse(first.equals(second));
        assertEquals(Optional.of(second), child.importKey(second, "").map(SealingKey::id));
        assertEquals(first, child.exportKey("").id());
        update(child);
        assertEquals(second, child.exportKey("").id());
        assertEquals(Optional.of(kept), child.importKey(first, ""), "the same object, so that what was derived lasts");
        parent.dropFormer();
        assertEquals(Optional.empty(), parent.importKey(first, ""));
        update(child);
        assertEquals(Optional.empty(), child.importKey(first, ""));
        assertTrue(kept.key().isDestroyed());
        assertShared(parent, child);
    }

    @Test
    void only_the_process_that_drew_the_keys_rotates_them() throws Exception {
        InheritedKeys child = child(HOUR);
        assertThrows(IllegalStateException.class, child::prepareNext);
        assertThrows(IllegalStateException.class, child::useNext);
        assertThrows(IllegalStateException.class, child::dropFormer);
        byte[] message = given(parent, HOUR);
        assertThrows(IllegalStateException.class, () -> parent.update(new ByteArrayInputStream(message), SOON));
        for (int i = 1; i < InheritedMessage.MAX_KEYS; i++) {
            parent.prepareNext();
        }
        assertThrows(IllegalStateException.class, parent::prepareNext);
        assertShared(parent, child(HOUR));
    }

    @Test
    void a_childs_time_ends_and_erases() throws Exception {
        InheritedKeys child = child(Duration.ofSeconds(1));
        SealingKey key = child.exportKey("");
        nanos.addAndGet(Duration.ofSeconds(1).toNanos() - 1); // over the counter's end: differences count
        child.exportKey("");
        byte[] givenOn = given(child, HOUR);
        nanos.addAndGet(1);
        assertFault(() -> child.importKey(key.id(), ""));
        assertTrue(key.key().isDestroyed());
        assertFault(() -> child.exportKey(""));
        assertFault(() -> child.giveTo(new ByteArrayOutputStream(), HOUR));
        parent.exportKey("");

        InheritedKeys grandchild = InheritedKeys.takeFrom(new ByteArrayInputStream(givenOn), SOON, nanos::get);
        nanos.addAndGet(Duration.ofMillis(1).toNanos());
        assertFault(() -> grandchild.exportKey(""));

        update(child);
        assertShared(parent, child);
    }

    @Test
    void an_idle_childs_keys_are_erased_when_their_time_is_over() throws Exception {
        byte[] brief = given(parent, Duration.ofMillis(200));
        byte[] longer = given(parent, HOUR);
        InheritedKeys idle = InheritedKeys.takeFrom(new ByteArrayInputStream(brief), SOON);
        InheritedKeys renewed = InheritedKeys.takeFrom(new ByteArrayInputStream(brief), SOON);
        SealingKey key = idle.exportKey("");
        renewed.update(new ByteArrayInputStream(longer), SOON);
        SealingKey kept = renewed.exportKey("");
        Instant tooLong = Instant.now().plusSeconds(60);
        while (!key.key().isDestroyed() && Instant.now().isBefore(tooLong)) {
            Thread.sleep(10);
        }
        assertTrue(key.key().isDestroyed());
        assertFalse(kept.key().isDestroyed());
        renewed.close();
    }

    @Test
    void closing_erases() throws Exception {
        InheritedKeys child = child(HOUR);
        SealingKey key = child.exportKey("");
        child.close();
        child.close();
        assertTrue(key.key().isDestroyed());
        assertFault(() -> child.exportKey(""));
        assertFault(() -> child.importKey(key.id(), ""));
        assertFault(() -> child.giveTo(new ByteArrayOutputStream(), HOUR));
        byte[] message = given(parent, HOUR);
        assertThrows(IllegalStateException.class, () -> child.update(new ByteArrayInputStream(message), SOON));
        parent.close();
        assertFault(parent::prepareNext);
    }

    @Test
    void nothing_else_is_taken_for_keys() throws Exception {
        byte[] good = given(parent, HOUR);
        assertRefused(new byte[0]);
        assertRefused(Arrays.copyOf(good, good.length - 1));
        assertRefused(new byte[InheritedKeys.MESSAGE_SIZE]);
        // Every octet of the header but those of the time, which has no wrong values below its maximum; and the filler.
        for (int at : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 72, good.length - 1}) {
            byte[] changed = good.clone();
            changed[at] ^= 0x40;
            assertRefused(changed);
        }
        parent.prepareNext();
        byte[] twice = given(parent, HOUR);
        System.arraycopy(twice, 16, twice, 72, 16);
        assertRefused(twice);
        byte[] none = given(parent, HOUR);
        Arrays.fill(none, 8, 16, (byte) 0);
        assertRefused(none);
    }

    /** Both keys of the file in docs/token-format.md, which are derived from alike. */
    @Test
    void a_message_is_as_documented() throws Exception {
        String message = "42544b59" + "01" + "02" + "01" + "00" + "000000000036ee80"
                + "000102030405060708090a0b0c0d0e0f" + "00000000697deec0" + sequence(0x20)
                + "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff" + "0000000069a2d8c0" + sequence(0xa0);
        byte[] octets = Arrays.copyOf(HexFormat.of().parseHex(message), InheritedKeys.MESSAGE_SIZE);
        try (InheritedKeys child = InheritedKeys.takeFrom(new ByteArrayInputStream(octets), SOON, nanos::get)) {
            assertEquals(
                    "c331955c40a17d0e63bc8ddb0be0e0fb", child.exportKey("").id().toString());
            assertArrayEquals(octets, given(child, HOUR));
        }
    }

    private static String sequence(int first) {
        StringBuilder digits = new StringBuilder();
        for (int i = 0; i < RootKeys.KEY_SIZE; i++) {
            digits.append(HexFormat.of().toHexDigits((byte) (first + i)));
        }
        return digits.toString();
    }

    @Test
    void a_child_does_not_wait_for_ever() throws Exception {
        try (PipedOutputStream out = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(out)) {
            out.write(new byte[100]);
            assertFault(() -> InheritedKeys.takeFrom(in, Duration.ofMillis(20)));
        }
        Thread.currentThread().interrupt();
        try (PipedOutputStream out = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(out)) {
            assertFault(() -> InheritedKeys.takeFrom(in, SOON));
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void a_time_out_of_range_is_refused() {
        for (Duration wrong :
                List.of(Duration.ZERO, Duration.ofMillis(-1), Duration.ofNanos(1), Duration.ofDays(366))) {
            assertThrows(IllegalArgumentException.class, () -> parent.giveTo(new ByteArrayOutputStream(), wrong));
        }
    }

    /** One JVM, with a pipe at 0 and one at 3, and a file at 4. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void a_jvm_takes_them_from_its_pipes_and_leaves_no_trace() throws Exception {
        Path fifo = directory.resolve("fifo");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        Path file = Files.write(directory.resolve("file"), given(parent, HOUR));
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        ProcessBuilder builder = new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        "exec \"$@\" 3<>\"$FIFO\" 4<\"$FILE\"",
                        "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        Child.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("CLASSPATH", classPath);
        builder.environment().put("FIFO", fifo.toString());
        builder.environment().put("FILE", file.toString());
        Process process = builder.start();
        try (BufferedReader out = process.inputReader(US_ASCII)) {
            parent.giveTo(process.getOutputStream(), HOUR);
            assertEquals(parent.exportKey("p").id().toString(), out.readLine());
            String memory = "/proc/" + process.pid();
            String key = new String(parent.exportKey("p").key().lend(byte[]::clone), ISO_8859_1);
            assertFalse(Files.readString(Path.of(memory, "environ"), ISO_8859_1).contains(key));
            assertFalse(Files.readString(Path.of(memory, "cmdline"), ISO_8859_1).contains(key));
            parent.prepareNext();
            parent.useNext();
            parent.giveTo(process.getOutputStream(), HOUR);
            assertEquals(parent.exportKey("p").id().toString(), out.readLine());
            try (OutputStream third = Files.newOutputStream(fifo)) {
                parent.giveTo(third, HOUR);
            }
            assertEquals(parent.exportKey("p").id().toString(), out.readLine());
            assertEquals("KEYS_UNUSABLE is no pipe", out.readLine());
            assertEquals("KEYS_UNUSABLE cannot be looked at", out.readLine());
            assertTrue(process.waitFor(1, TimeUnit.MINUTES));
            assertEquals(0, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    /** Takes keys at 0, twice, at 3, at 4 and at a descriptor that is not there. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws GSSException {
            try (InheritedKeys keys = InheritedKeys.takeFromStandardInput(SOON)) {
                System.out.println(keys.exportKey("p").id());
                keys.update(new FileInputStream(FileDescriptor.in), SOON);
                System.out.println(keys.exportKey("p").id());
            }
            try (InheritedKeys keys = InheritedKeys.takeFromDescriptor(3, SOON)) {
                System.out.println(keys.exportKey("p").id());
            }
            tell(4, "is no pipe");
            tell(99, "cannot be looked at");
        }

        private static void tell(int descriptor, String reason) {
            GSSException e = assertThrows(GSSException.class, () -> InheritedKeys.takeFromDescriptor(descriptor, SOON));
            boolean said = e.getMessage().contains(reason);
            System.out.println(TransferFault.of(e).orElseThrow() + (said ? " " + reason : e.getMessage()));
        }
    }

    private InheritedKeys child(Duration usable) throws Exception {
        return InheritedKeys.takeFrom(new ByteArrayInputStream(given(parent, usable)), SOON, nanos::get);
    }

    private void update(InheritedKeys child) throws Exception {
        child.update(new ByteArrayInputStream(given(parent, HOUR)), SOON);
    }

    private static byte[] given(InheritedKeys keys, Duration usable) throws IOException, GSSException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        keys.giveTo(out, usable);
        return out.toByteArray();
    }

    private static void assertShared(InheritedKeys one, InheritedKeys other) throws GSSException {
        SealingKey key = one.exportKey("p");
        Optional<SealingKey> found = other.importKey(key.id(), "p");
        assertArrayEquals(
                key.key().lend(byte[]::clone), found.orElseThrow().key().lend(byte[]::clone));
    }

    private static void assertRefused(byte[] message) {
        assertFault(() -> InheritedKeys.takeFrom(new ByteArrayInputStream(message), SOON));
    }

    private static void assertFault(Executable refused) {
        assertEquals(
                Optional.of(TransferFault.KEYS_UNUSABLE), TransferFault.of(assertThrows(GSSException.class, refused)));
    }
}
