package dev.gssbaton.peers;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Software that some tests need and that a JDK and Maven do not bring. */
public enum NativePeer {
    /** MIT krb5: its KDC, its {@code kinit}, its GSS-API library. */
    MIT("krb5-kdc krb5-admin-server krb5-user", "krb5kdc kdb5_util kadmin.local kinit libgssapi_krb5.so.2"),
    /** Heimdal's GSS-API library. */
    HEIMDAL("heimdal-multidev", "libgssapi.so.3"),
    /** MIT's {@code gss-client} and {@code gss-server}. */
    GSS_SAMPLE("krb5-gss-samples", "gss-client gss-server bash"),
    /** A C compiler and MIT's headers, for {@link MitProgram} and {@link MitKdc#startDelegating}. */
    C_COMPILER("gcc libc6-dev libkrb5-dev", "cc gssapi/gssapi_krb5.h kdb.h stdio.h"),
    /** The PostgreSQL server. */
    POSTGRESQL("postgresql util-linux", "postgres initdb psql setpriv");

    /** Where Debian keeps a server's programs, which are not on anybody's path: in a folder for each version. */
    private static final Path POSTGRESQL_VERSIONS = Path.of("/usr/lib/postgresql");

    private final String packages;
    private final String files;

    NativePeer(String packages, String files) {
        this.packages = packages;
        this.files = files;
    }

    /** Returns what is missing and which Debian packages bring it, or empty if all is there. */
    public Optional<String> missing() {
        List<String> missing = Arrays.stream(files.split(" "))
                .filter(name -> find(name).isEmpty())
                .toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(String.join(", ", missing) + " not found; on Debian: apt-get install " + packages);
    }

    /** Returns the path of a program or a shared library. */
    public static Path path(String name) {
        return find(name)
                .orElseThrow(
                        () -> new IllegalStateException(
                                name
                                        + " not found: a test that needs it says so with @Requires, and is skipped where it is missing"));
    }

    /** Returns this peer's GSS-API library. */
    Path library() {
        return Arrays.stream(files.split(" "))
                .filter(NativePeer::isLibrary)
                .map(NativePeer::path)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(this + " is no GSS-API library"));
    }

    private static boolean isLibrary(String name) {
        return name.contains(".so");
    }

    private static Optional<Path> find(String name) {
        if (name.endsWith(".h")) {
            return Optional.of(Path.of("/usr/include", name)).filter(Files::exists);
        }
        return isLibrary(name) ? findLibrary(name) : findProgram(name);
    }

    private static Optional<Path> findProgram(String name) {
        Optional<Path> postgres = findPostgres(name);
        if (postgres.isPresent()) {
            return postgres;
        }
        // Accounts other than root have no sbin on their path, yet can run a KDC on a high port.
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin";
        for (String folder : path.split(File.pathSeparator, -1)) {
            Path candidate = Path.of(folder, name);
            if (!folder.isEmpty() && Files.isExecutable(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> findPostgres(String name) {
        if (!Files.isDirectory(POSTGRESQL_VERSIONS)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(POSTGRESQL_VERSIONS)) {
            Path newest = null;
            for (Path version : versions) {
                Path candidate = version.resolve("bin").resolve(name);
                if (Files.isExecutable(candidate) && (newest == null || candidate.compareTo(newest) > 0)) {
                    newest = candidate;
                }
            }
            return Optional.ofNullable(newest);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + POSTGRESQL_VERSIONS, e);
        }
    }

    private static Optional<Path> findLibrary(String name) {
        List<Path> folders = new ArrayList<>(List.of(Path.of("/usr/lib64"), Path.of("/usr/lib"), Path.of("/lib")));
        Path lib = Path.of("/usr/lib");
        if (Files.isDirectory(lib)) {
            try (DirectoryStream<Path> multiarch = Files.newDirectoryStream(lib, "*-linux-gnu*")) {
                multiarch.forEach(folders::add);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot list " + lib, e);
            }
        }
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::exists)
                .findFirst();
    }
}
