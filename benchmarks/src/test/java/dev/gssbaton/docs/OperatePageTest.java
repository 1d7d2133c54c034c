package dev.gssbaton.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gssbaton.BatonManager;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/operate.md} names all that a user can set, watch or meet, and nothing that is not there. */
class OperatePageTest {
    private static final List<String> MODULES =
            List.of("spi", "api", "provider-krb5", "claims-zookeeper", "jgss", "handoff", "cli");

    private static final String SETTINGS = "| Key | Default | Value |";
    private static final String EVENTS = "| Event | When | Fields |";
    private static final String FAULTS = "| Fault | Likely cause | What to do |";
    private static final String PROPERTIES = "| System property | Read by | Says |";

    /** The names in the first column of the tables with a header. */
    private static Set<String> firstColumn(String header) throws IOException {
        List<String> lines = Files.readAllLines(Pages.ROOT.resolve("docs/operate.md"));
        Set<String> names = new TreeSet<>();
        boolean inside = false;
        for (String line : lines) {
            inside = line.equals(header) || (inside && line.startsWith("|"));
            if (inside && line.startsWith("| `")) {
                String name = line.substring(3, line.indexOf('`', 3));
                if (!names.add(name)) {
                    throw new AssertionError(name + " stands there twice");
                }
            }
        }
        assertFalse(names.isEmpty(), header);
        return names;
    }

    /** All that a pattern's first group finds in the code that is published. */
    private static Set<String> found(String pattern) throws IOException {
        Pattern compiled = Pattern.compile(pattern);
        Set<String> found = new TreeSet<>();
        for (String module : MODULES) {
            try (Stream<Path> walk = Files.walk(Pages.ROOT.resolve(module + "/src/main/java"))) {
                for (Path file : (Iterable<Path>) walk.filter(Files::isRegularFile)::iterator) {
                    compiled.matcher(Files.readString(file)).results().forEach(result -> found.add(result.group(1)));
                }
            }
        }
        return found;
    }

    @Test
    void each_fault_is_explained() throws IOException {
        assertEquals(
                Arrays.stream(TransferFault.values()).map(Enum::name).collect(Collectors.toCollection(TreeSet::new)),
                firstColumn(FAULTS));
    }

    @Test
    void each_setting_is_explained(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("settings"), "nothing = 1\n");
        String complaint = assertThrows(IllegalArgumentException.class, () -> BatonManager.builder()
                        .properties(file))
                .getMessage();
        String before = "there are ";
        String known = complaint.substring(complaint.indexOf(before) + before.length());
        assertEquals(new TreeSet<>(List.of(known.split(", "))), firstColumn(SETTINGS));

        String builder =
                Files.readString(Pages.ROOT.resolve("api/src/main/java/dev/gssbaton/BatonManagerBuilder.java"));
        int from = builder.indexOf("private void property(");
        Set<String> cases = Pattern.compile("case \"(\\w+)\"")
                .matcher(builder.substring(from, builder.indexOf("default ->", from)))
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(cases, firstColumn(SETTINGS));
    }

    @Test
    void each_event_is_explained() throws IOException {
        assertEquals(found("@Name\\(\"(dev\\.gssbaton\\.\\w+)\"\\)"), firstColumn(EVENTS));
    }

    @Test
    void each_system_property_of_ours_is_explained() throws IOException {
        Set<String> ours = firstColumn(PROPERTIES);
        ours.removeIf(name -> !name.startsWith("baton."));
        assertEquals(found("\"(baton\\.[\\w.]+)\""), ours);
    }

    @Test
    void each_logger_is_explained() throws IOException {
        assertEquals(found("getLogger\\(\"([\\w.]+)\"\\)"), firstColumn("| Logger | Level | Says |"));
    }
}
