package dev.gssbaton.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class BatonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "demo",
                "serve",
                "connect",
                "inspect",
                "keys",
                "keys list",
                "keys add",
                "keys primary",
                "keys drop"
            })
    void everyCommandHasHelp(String command) {
        String line = command.isEmpty() ? "--help" : command + " --help";
        Run run = Run.of(line.split(" "));
        assertAll(
                () -> assertEquals(0, run.exitCode()),
                () -> assertTrue(run.out().startsWith(("Usage: baton " + command).strip()), run.out()),
                () -> assertEquals("", run.err()));
    }

    @Test
    void everyCommandOptionAndParameterIsExplained() {
        assertExplained(Baton.commandLine());
    }

    private static void assertExplained(CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        assertTrue(command.getCommandSpec().usageMessage().description().length > 0, name);
        command.getCommandSpec()
                .args()
                .forEach(arg -> assertTrue(arg.description().length > 0, () -> name + " " + arg.paramLabel()));
        command.getSubcommands().values().forEach(BatonTest::assertExplained);
    }

    @Test
    void versionIsSaid() {
        Run run = Run.of("--version");
        assertEquals(0, run.exitCode());
        assertTrue(run.lines().get(0).startsWith("baton "), run.out());
        assertTrue(run.lines().get(1).startsWith("Java " + Runtime.version()), run.out());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                                   | baton: Missing required subcommand
                    dance                                | baton: Unmatched argument at index 0: 'dance'
                    serve                                | baton serve: Missing required option: '--keytab=FILE'
                    serve --keytab k --port 70000        | baton serve: --port is 0 to 65535, not 70000
                    serve --keytab k --port four         | baton serve: Invalid value for option '--port'
                    serve --keytab k --workers 0         | baton serve: --workers is 1 to 64, not 0
                    serve --keytab k --connections 0     | baton serve: --connections is 1 to 4096, not 0
                    serve --keytab k --handshake 0       | baton serve: --handshake is 1 to 86400, not 0
                    serve --keytab k --idle -1           | baton serve: --idle is 1 to 86400, not -1
                    connect                              | baton connect: Missing required parameters: 'HOST:PORT'
                    connect h:1                          | baton connect: Missing required parameter: 'SERVICE@HOST'
                    connect h s@h                        | baton connect: HOST:PORT is a host and a port of 1 to 65535
                    connect h:1 s@h --messages 0         | baton connect: --messages is 1 to 1000000, not 0
                    connect h:1 s@h --handover 10        | baton connect: --handover is 0 to 9, not 10
                    connect h:1 s@h --ahead 65           | baton connect: --ahead is 1 to 64, not 65
                    connect h:1 s@h --timeout 0          | baton connect: --timeout is 1 to 86400, not 0
                    connect h:1 s@h --keytab k           | baton connect: --keytab needs --principal
                    demo --contexts 0                    | baton demo: --contexts is 1 to 1000, not 0
                    demo --workers 17                    | baton demo: --workers is 1 to 16, not 17
                    inspect                              | baton inspect: Missing required parameter: 'FILE'
                    convert token                        | baton convert: Missing required options: '--from=FORMAT', '--to=FORMAT'
                    keys                                 | baton keys: Missing required subcommand
                    keys primary                         | baton keys primary: Missing required parameter: 'ID'
                    keys drop xyz                        | baton keys drop: ID is a key's 32 hexadecimal digits
                    """)
    void badUseIsOneLineAndExitCode2(String command, String message) {
        Run run = command.isEmpty() ? Run.of() : Run.of(command.split(" "));
        assertAll(
                () -> assertEquals(2, run.exitCode()),
                () -> assertTrue(run.err().startsWith(message), run.err()),
                () -> assertTrue(run.err().strip().endsWith("--help"), run.err()),
                () -> assertEquals(1, run.err().lines().count(), run.err()),
                () -> assertEquals("", run.out()));
    }

    @Test
    void aFailureShowsWhereItCameFromOnlyWhenAsked() {
        Run plain = Run.of("inspect", "no such file");
        Run verbose = Run.of("--verbose", "inspect", "no such file");
        assertAll(
                () -> assertEquals(1, plain.exitCode()),
                () -> assertEquals("baton inspect: there is no file no such file\n", plain.err()),
                () -> assertEquals(1, verbose.exitCode()),
                () -> assertTrue(verbose.err().startsWith(plain.err()), verbose.err()),
                () -> assertTrue(verbose.err().contains("\tat dev.gssbaton.cli."), verbose.err()));
    }
}
