package dev.gssbaton.cli.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A temporary folder that this account alone can enter, deleted with all it holds when it is closed. */
public final class PrivateFolder implements AutoCloseable {
    private final Path path;

    private PrivateFolder(Path path) {
        this.path = path;
    }

    /** Makes a new folder with mode 0700. */
    public static PrivateFolder create() throws IOException {
        return new PrivateFolder(Files.createTempDirectory(
                "baton-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
    }

    /** Returns the folder. */
    public Path path() {
        return path;
    }

    /** Returns a path inside the folder. */
    public Path resolve(String name) {
        return path.resolve(name);
    }

    @Override
    public void close() throws IOException {
        List<Path> found;
        try (Stream<Path> walk = Files.walk(path)) {
            found = new ArrayList<>(walk.toList());
        } catch (NoSuchFileException e) {
            return;
        }
        for (int i = found.size() - 1; i >= 0; i--) {
            Files.deleteIfExists(found.get(i));
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
