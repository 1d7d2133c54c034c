package dev.gssbaton.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ForkedJvmTest {
    /** Echoes frames, until one asks for something else. */
    static final class Echo {
        public static void main(String[] arguments) throws Exception {
            Frames parent = Frames.toParent();
            System.out.println("this is not for the pipe");
            parent.println(String.join(" ", arguments) + " "
                    + System.getProperty("baton.test.flag") + " " + System.getenv("BATON_TEST") + " "
                    + System.getenv("HOME") + " " + Runtime.version().feature());
            for (byte[] frame = parent.read(); frame != null; frame = parent.read()) {
                parent.write(frame);
            }
        }
    }

    /** Fails at once. */
    static final class Fails {
        public static void main(String[] arguments) {
            System.err.println("the reason");
            System.exit(3);
        }
    }

    /** Never ends by itself. */
    static final class Sleeps {
        public static void main(String[] arguments) throws Exception {
            Thread.sleep(TimeUnit.HOURS.toMillis(1));
        }
    }

    /** Starts a KDC and a child of its own, and says what there is to clean up after it. */
    static final class Owner {
        public static void main(String[] arguments) throws Exception {
            Frames parent = Frames.toParent();
            Kdc kdc = arguments[0].equals("mit") ? MitKdc.shared() : EmbeddedKdc.shared();
            JgssPeer peer = JgssPeer.jdk(kdc);
            parent.println(kdc.krb5Conf().getParent().toString());
            parent.println(String.join(
                    " ",
                    ProcessHandle.current().descendants().map(p -> "" + p.pid()).toList()));
            parent.read();
            if (!peer.handle().isAlive()) {
                throw new IllegalStateException("The peer has ended before its owner");
            }
        }
    }

    @Test
    void framesAndLines() {
        try (ForkedJvm jvm = ForkedJvm.running(Echo.class)
                .jvm("-Dbaton.test.flag=set")
                .environment("BATON_TEST", "there")
                .arguments("one", "two")
                .start()) {
            assertEquals("one two set there null " + Runtime.version().feature(), jvm.readLine());
            byte[] large = new byte[300_000];
            Arrays.fill(large, (byte) 0x5a);
            for (byte[] frame : new byte[][] {{1, 2, 3}, {}, large}) {
                jvm.write(frame);
                assertArrayEquals(frame, jvm.read());
            }
            assertEquals(0, jvm.endInput());
            assertTrue(jvm.errors().contains("this is not for the pipe"));
        }
    }

    @Test
    void anEarlyEndIsReportedWithStandardError() {
        try (ForkedJvm jvm = ForkedJvm.running(Fails.class).start()) {
            IllegalStateException failure = assertThrows(IllegalStateException.class, jvm::read);
            assertTrue(failure.getMessage().contains("exit code 3"), failure.getMessage());
            assertTrue(failure.getMessage().contains("the reason"), failure.getMessage());
        }
    }

    @Test
    void theTimeLimitEndsTheChild() {
        try (ForkedJvm jvm =
                ForkedJvm.running(Sleeps.class).timeLimit(Duration.ofSeconds(2)).start()) {
            IllegalStateException failure = assertThrows(IllegalStateException.class, jvm::read);
            assertTrue(failure.getMessage().contains("was ended after PT2S"), failure.getMessage());
            assertFalse(jvm.handle().isAlive());
        }
    }

    @Test
    void closeEndsTheChild() {
        ForkedJvm jvm = ForkedJvm.running(Sleeps.class).start();
        assertTrue(jvm.handle().isAlive());
        jvm.close();
        jvm.close();
        assertFalse(jvm.handle().isAlive());
    }

    @Test
    void nothingIsLeftWhenAJvmEnds(@TempDir Path temporary) throws Exception {
        leavesNothing("embedded", temporary);
    }

    @Test
    @Requires(NativePeer.MIT)
    void nothingIsLeftWhenAJvmEndsThatHadAnMitKdc(@TempDir Path temporary) throws Exception {
        leavesNothing("mit", temporary);
    }

    private static void leavesNothing(String kdc, Path temporary) throws Exception {
        try (ForkedJvm owner = owner(kdc, temporary)) {
            assertTrue(Files.exists(Path.of(owner.readLine())));
            ProcessHandle[] processes = processes(owner.readLine());
            assertTrue(processes.length > 0);
            assertEquals(0, owner.endInput(), owner::errors);
            assertEquals("", owner.errors());
            try (Stream<Path> left = Files.list(temporary)) {
                assertEquals(List.of(), left.toList());
            }
            for (ProcessHandle process : processes) {
                assertFalse(process.isAlive(), () -> process.pid() + " is left");
            }
        }
    }

    @Test
    @Requires(NativePeer.MIT)
    void noProcessIsLeftWhenAJvmIsKilled(@TempDir Path temporary) throws Exception {
        try (ForkedJvm owner = owner("mit", temporary)) {
            assertTrue(Files.exists(Path.of(owner.readLine())));
            ProcessHandle[] processes = processes(owner.readLine());
            owner.handle().destroyForcibly();
            for (ProcessHandle process : processes) {
                process.onExit().get(20, TimeUnit.SECONDS);
            }
        }
    }

    private static ForkedJvm owner(String kdc, Path temporary) {
        return ForkedJvm.running(Owner.class)
                .jvm("-Djava.io.tmpdir=" + temporary)
                .arguments(kdc)
                .start();
    }

    private static ProcessHandle[] processes(String pids) {
        return Arrays.stream(pids.split(" "))
                .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
                .toArray(ProcessHandle[]::new);
    }
}
