package dev.gssbaton.jgss;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;

/** The authenticators that Baton's acceptors have taken: a program that hides its contexts was on Baton if it added one. */
final class Replays {
    private Replays() {}

    /** Lists what is there now. What is there before may be swept meanwhile, so numbers say nothing. */
    static Set<Path> known() throws IOException {
        Path claims = Path.of(System.getProperty("baton.home"), "claims");
        if (!Files.isDirectory(claims)) {
            return Set.of();
        }
        Set<Path> links = new HashSet<>();
        Files.walkFileTree(claims, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isSymbolicLink()) {
                    links.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException swept) {
                return FileVisitResult.CONTINUE;
            }
        });
        return links;
    }

    /** Tells whether there are others than before. */
    static boolean areMoreThan(Set<Path> before) throws IOException {
        return !before.containsAll(known());
    }
}
