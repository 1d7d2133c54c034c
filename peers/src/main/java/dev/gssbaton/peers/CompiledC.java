package dev.gssbaton.peers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Compiles a C source of this package: see {@link NativePeer#C_COMPILER}. */
final class CompiledC {
    private CompiledC() {}

    /**
     * Compiles a source, which must give no warning.
     *
     * @param source the source's name
     * @param file the name of what becomes of it
     * @param options the compiler's, and libraries by their files: the name without a version may be another library's
     * @return the file, in a folder of its own
     */
    static Path compile(String source, String file, String... options) {
        PrivateFolder folder = new PrivateFolder("compiled");
        Path text = folder.file(source);
        try (InputStream in = Objects.requireNonNull(CompiledC.class.getResourceAsStream(source), source)) {
            Files.copy(in, text);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + text, e);
        }
        Path compiled = folder.file(file);
        List<String> line = new ArrayList<>(List.of(
                NativePeer.path("cc").toString(), "-Wall", "-Werror", "-o", compiled.toString(), text.toString()));
        line.addAll(List.of(options));
        Command.succeed(folder, Map.of("TMPDIR", folder.path().toString()), line);
        return compiled;
    }
}
