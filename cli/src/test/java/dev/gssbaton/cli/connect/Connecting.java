package dev.gssbaton.cli.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gssbaton.cli.Run;
import dev.gssbaton.peers.Account;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code baton connect} in this JVM, whose krb5.conf knows all private KDCs. */
final class Connecting {
    private Connecting() {}

    static Run run(Path folder, Account client, int port, Account service, String... options) {
        List<String> all = new ArrayList<>(List.of("connect", "127.0.0.1:" + port, service.principal()));
        all.addAll(List.of("--keytab", client.keytab().toString(), "--principal", client.principal()));
        all.addAll(List.of("--directory", folder.resolve("home").toString()));
        all.addAll(List.of(options));
        return Run.of(all.toArray(String[]::new));
    }

    /** All messages were answered, so many in the first process, and the last line says so. */
    static void assertAnswered(Run run, int messages, int here) {
        assertEquals("", run.err());
        assertEquals(0, run.exitCode());
        String last = run.lines().get(run.lines().size() - 1);
        String start = "answered %d of %d messages: %d in this process, %d in process "
                .formatted(messages, messages, here, messages - here);
        assertEquals(start, last.substring(0, Math.min(start.length(), last.length())));
    }
}
