package dev.gssbaton.cli.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerAddressTest {
    @Test
    void aHostOrAnAddressAndAPort() {
        assertEquals(new ServerAddress("host.example", 1), ServerAddress.parse("host.example:1"));
        assertEquals(new ServerAddress("127.0.0.1", 65535), ServerAddress.parse("127.0.0.1:65535"));
        assertEquals(new ServerAddress("::1", 4444), ServerAddress.parse("[::1]:4444"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:4444", "[::1]:4444", "[fe80::1%eth0]:1"})
    void itIsSaidAsItWasRead(String text) {
        assertEquals(text, ServerAddress.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "host",
                "host:",
                ":4444",
                "host:0",
                "host:65536",
                "host:-1",
                "::1:4444",
                "host:123456",
                "[::1]"
            })
    void anythingElseIsRefused(String text) {
        String said = assertThrows(IllegalArgumentException.class, () -> ServerAddress.parse(text))
                .getMessage();
        assertTrue(said.endsWith("not " + text), said);
    }
}
