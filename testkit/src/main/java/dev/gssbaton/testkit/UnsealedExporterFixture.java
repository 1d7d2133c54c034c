package dev.gssbaton.testkit;

import dev.gssbaton.spi.UnsealedExporter;
import java.util.List;
import java.util.Objects;

/**
 * An exporter to another software's format, with tokens of it.
 *
 * @param exporter the exporter
 * @param tokens tokens of its format, as that software wrote them if there are such: at least two, each of another context,
 *     or of another state of it
 * @param others tokens of other formats, of the same mechanism if there are such
 */
public record UnsealedExporterFixture(UnsealedExporter exporter, List<byte[]> tokens, List<byte[]> others) {
    /**
     * Checks that nothing is missing, and copies the lists.
     *
     * @param exporter the exporter
     * @param tokens tokens of its format
     * @param others tokens of other formats
     */
    public UnsealedExporterFixture {
        Objects.requireNonNull(exporter, "exporter");
        tokens = List.copyOf(tokens);
        others = List.copyOf(others);
        if (tokens.size() < 2) {
            throw new IllegalArgumentException("at least two tokens are needed, to tell one from the other");
        }
    }
}
