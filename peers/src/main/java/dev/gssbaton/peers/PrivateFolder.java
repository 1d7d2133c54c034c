package dev.gssbaton.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicInteger;

/** A folder that only this account can read, deleted with all it holds on close or when the JVM ends. */
final class PrivateFolder implements AutoCloseable {
    private final Path path;
    private final AtomicInteger files = new AtomicInteger();

    PrivateFolder(String purpose) {
        try {
            path = Files.createTempDirectory("baton-" + purpose + "-"); // created with 0700
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create a temporary folder", e);
        }
        AtExit.close(this);
    }

    Path path() {
        return path;
    }

    Path file(String name) {
        return path.resolve(name);
    }

    /** Returns a path in the folder that no earlier call returned. */
    Path newFile(String suffix) {
        return path.resolve(files.incrementAndGet() + suffix);
    }

    Path write(String name, String content) {
        try {
            return Files.writeString(file(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file(name), e);
        }
    }

    @Override
    public void close() {
        AtExit.forget(this);
        if (!Files.exists(path)) {
            return;
        }
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                    Files.deleteIfExists(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + path, e);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
