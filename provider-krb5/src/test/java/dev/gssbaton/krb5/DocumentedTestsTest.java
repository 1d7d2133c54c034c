package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every test that the documents name is there. */
class DocumentedTestsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern NAMED = Pattern.compile("`((?:rfc\\d+|baton|kerberos)_\\w+|[A-Z]\\w+Test)`");
    private static final Pattern METHOD = Pattern.compile("void ((?:rfc\\d+|baton|kerberos)_\\w+)\\(");

    @Test
    void the_documents_name_tests_that_exist() throws IOException {
        Set<String> missing = new TreeSet<>();
        for (String page : List.of("semantics.md", "kerberos.md")) {
            Matcher named = NAMED.matcher(Files.readString(ROOT.resolve("docs").resolve(page)));
            while (named.find()) {
                missing.add(named.group(1));
            }
        }
        assertTrue(missing.size() > 50, "the documents name tests");
        for (String module : List.of("spi", "api", "testkit", "provider-krb5", "provider-mock", "handoff")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
                for (Path file :
                        (Iterable<Path>) files.filter(name -> name.toString().endsWith(".java"))::iterator) {
                    missing.remove(file.getFileName().toString().replace(".java", ""));
                    Matcher method = METHOD.matcher(Files.readString(file));
                    while (method.find()) {
                        missing.remove(method.group(1));
                    }
                }
            }
        }
        assertEquals(Set.of(), missing);
    }
}
