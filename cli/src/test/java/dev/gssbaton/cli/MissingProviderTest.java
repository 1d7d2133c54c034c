package dev.gssbaton.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonManager;
import dev.gssbaton.cli.worker.Stores;
import dev.gssbaton.krb5.credential.Krb5Credential;
import dev.gssbaton.mock.Mock;
import dev.gssbaton.peers.ForkedJvm;
import dev.gssbaton.peers.Frames;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process says on whose path the mechanism's provider is missing. */
final class MissingProviderTest {
    private static final String ADVICE =
            "is its provider's jar, such as baton-provider-krb5, on the class or module path?";

    @TempDir
    private Path folder;

    /** Says what comes of an import and of asking for a credential. */
    static final class Importer {
        public static void main(String[] arguments) throws Exception {
            Frames parent = Frames.toParent();
            BatonManager manager =
                    new Stores(Path.of(arguments[0]), "missing").manager().build();
            try {
                manager.createContext(parent.read());
                parent.println("imported");
            } catch (GSSException e) {
                parent.println(Complaint.of(e));
            }
            try {
                manager.createCredential(GSSCredential.ACCEPT_ONLY);
                parent.println("made");
            } catch (GSSException e) {
                parent.println(Complaint.of(e));
            }
        }
    }

    @Test
    void anImportAsksForTheProvidersJar() throws Exception {
        Path home = folder.resolve("home");
        byte[] token = export(home);
        try (ForkedJvm importer = ForkedJvm.running(Importer.class)
                .classPath(pathWithout(Mock.class, Krb5Credential.class))
                .arguments(home.toString())
                .start()) {
            importer.write(token);
            String said = importer.readLine();
            assertTrue(
                    said.startsWith("UNAVAILABLE: no mechanism or format on the path") && said.endsWith(ADVICE), said);
            said = importer.readLine();
            assertEquals("BAD_MECH: there is no mechanism; " + ADVICE, said);
            assertEquals(0, importer.endInput(), importer::errors);
        }
        // What could not be read was not taken.
        assertEquals(
                "alice",
                new Stores(home, "missing")
                        .manager()
                        .build()
                        .createContext(token)
                        .getSrcName()
                        .toString());
    }

    @Test
    void whatIsInspectedIsShownAsFarAsItIsKnown() throws Exception {
        Path home = folder.resolve("home");
        Path file = Files.write(folder.resolve("token"), export(home));
        try (ForkedJvm inspect = ForkedJvm.running(Baton.class)
                .classPath(pathWithout(Mock.class))
                .arguments("inspect", file.toString(), "--directory", home.toString(), "--purpose", "missing")
                .start()) {
            assertTrue(inspect.readLine().startsWith("token "));
            assertEquals(1, inspect.endInput());
            assertTrue(
                    inspect.errors()
                            .startsWith("baton inspect: no exporter for mechanism " + Mock.MECHANISM
                                    + " and format 'baton' is on the class path"),
                    inspect::errors);
        }
    }

    private static byte[] export(Path home) throws GSSException {
        Stores stores = new Stores(home, "missing");
        stores.prepare();
        return MockPair.establish(stores.manager().build()).acceptor().export();
    }

    private static Path[] pathWithout(Class<?>... missing) throws Exception {
        List<Path> places = new ArrayList<>();
        for (Class<?> type : missing) {
            places.add(Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI()));
        }
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .filter(entry -> !places.contains(entry.toAbsolutePath()))
                .toArray(Path[]::new);
    }
}
