package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonManager;
import dev.gssbaton.krb5.credential.Krb5Credential;
import dev.gssbaton.mock.Mock;
import dev.gssbaton.spi.Mechanism;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.util.Arrays;

/** Forked JVMs with a list of security providers of their own, on the same JDK as this one. */
final class Jvm {
    static final Path JGSS = placeOf(BatonProvider.class);
    static final Path API = placeOf(BatonManager.class);
    static final Path SPI = placeOf(Mechanism.class);
    static final Path MOCK = placeOf(Mock.class);
    static final Path KRB5 = placeOf(Krb5Credential.class);
    static final Path BOUNCY_CASTLE = placeOf(Arrays.class);

    private final Path folder;
    private final Path security;

    /** What a JVM wrote. */
    record Run(List<String> lines, String log) {}

    Jvm(Path folder, List<String> security) throws IOException {
        this.folder = folder;
        this.security = Files.write(folder.resolve("java.security"), security);
    }

    /** Runs a JVM to its end, which must be a good one. */
    Run run(Map<String, String> environment, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.security.properties=" + security,
                "-Dbaton.home=" + folder.resolve("home"),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(arguments);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            assertTrue(process.waitFor(5, TimeUnit.MINUTES), "the forked JVM does not end");
        } finally {
            process.destroyForcibly();
        }
        String log = Files.readString(err);
        List<String> lines = Files.readAllLines(out);
        assertEquals(0, process.exitValue(), () -> lines + "\n" + log);
        return new Run(lines, log);
    }

    static List<String> lastInTheList() {
        return List.of("security.provider." + (Security.getProviders().length + 1) + "=Baton");
    }

    /** Puts a provider in front of all others. */
    static List<String> firstInTheList(String provider) {
        List<String> lines = new ArrayList<>(List.of("security.provider.1=" + provider));
        for (Provider other : Security.getProviders()) {
            lines.add("security.provider." + (lines.size() + 1) + "=" + other.getName());
        }
        return lines;
    }

    static String path(Path... places) {
        return Stream.of(places).map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    static Path placeOf(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
