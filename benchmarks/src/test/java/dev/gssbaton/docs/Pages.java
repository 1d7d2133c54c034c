package dev.gssbaton.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The README and the pages of docs. */
final class Pages {
    static final Path ROOT = Path.of("..");

    private Pages() {}

    static List<Path> all() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> walk = Files.walk(ROOT.resolve("docs"))) {
            walk.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    /** Names a page by its path from the root. */
    static String name(Path page) {
        return ROOT.relativize(page).toString();
    }
}
