package dev.gssbaton.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java code of the README and of the pages of docs compiles as it stands. It is tested in the module that sees all others. */
class CodeOfPagesTest {
    private static final Pattern JAVA = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);

    /** Declares a type, so that it needs nothing around it. */
    private static final Pattern COMPLETE = Pattern.compile("(?m)^(public |final )*(class|interface|record|enum) ");

    private static final String IMPORTS = """
            import dev.gssbaton.*;
            import dev.gssbaton.claim.zookeeper.*;
            import dev.gssbaton.handoff.*;
            import dev.gssbaton.krb5.credential.*;
            import dev.gssbaton.seal.*;
            import dev.gssbaton.spi.*;
            import java.nio.channels.*;
            import java.nio.file.Path;
            import java.security.SecureRandom;
            import java.time.Duration;
            import org.apache.zookeeper.client.ZKClientConfig;
            import org.ietf.jgss.*;
            """;

    /** What the statements of a page take for granted, as fields: what they declare themselves goes before. */
    private static final Map<String, String> GIVEN = Map.of(
            "README.md",
            "HandoffChannel channel, otherEnd; BatonContext context; SocketChannel socket; byte[] octets;",
            "docs/claims-zookeeper.md",
            "ZKClientConfig config; KeySource sharedKeys;",
            "docs/hand-over.md",
            "SelectionKey key; Selector selector; Path path; BatonContext context; SocketChannel socket; byte[] octets;",
            "docs/how-to/README.md",
            "GSSManager manager; byte[] token; GSSName backEnd; Oid krb5;",
            "docs/how-to/http.md",
            "GSSManager manager; GSSCredential credential; byte[] token;",
            "docs/keys.md",
            "String classPath;");

    /** A test of the mock mechanism's module builds its project. */
    private static final String BUILT_ELSEWHERE = "docs/write-a-mechanism.md";

    @Test
    void all_code_compiles(@TempDir Path folder) throws IOException {
        List<Path> sources = new ArrayList<>();
        TreeSet<String> withStatements = new TreeSet<>();
        for (Path page : Pages.all()) {
            String name = Pages.name(page);
            Matcher block = JAVA.matcher(Files.readString(page));
            while (!name.equals(BUILT_ELSEWHERE) && block.find()) {
                String code = block.group(1);
                if (!COMPLETE.matcher(code).find()) {
                    withStatements.add(name);
                    code = IMPORTS + "class Statements {\n" + GIVEN.getOrDefault(name, "")
                            + "\nvoid run() throws Exception {\n" + code + "}\n}\n";
                }
                String source = "package page" + sources.size() + "; // " + name + "\n" + code;
                Path place = Files.createDirectory(folder.resolve("page" + sources.size()));
                sources.add(Files.writeString(place.resolve("Code.java"), source));
            }
        }
        assertEquals(GIVEN.keySet(), withStatements, "pages with statements, and what they take for granted");
        compile(sources, folder);
    }

    private static void compile(List<Path> sources, Path folder) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(diagnostics, null, null)) {
            List<String> options = List.of(
                    "-d",
                    folder.toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-proc:none",
                    "-encoding",
                    "UTF-8");
            boolean compiled = compiler.getTask(
                            null, files, diagnostics, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertEquals(List.of(), diagnostics.getDiagnostics());
            assertTrue(compiled);
        }
    }
}
