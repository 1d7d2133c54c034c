package dev.gssbaton.cli.inspect;

import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.UnsealedExporter;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The formats of other software that are on the class path. */
final class ForeignFormats {
    private ForeignFormats() {}

    /** Tells by its first octets which format a token is of. */
    static Optional<UnsealedExporter> of(byte[] token) {
        return find(exporter -> exporter.recognises(token));
    }

    static Optional<UnsealedExporter> named(String format) {
        return find(exporter -> exporter.format().equals(format));
    }

    /** Lists the names, for people. */
    static String names() {
        return all().map(UnsealedExporter::format).sorted().collect(Collectors.joining(", "));
    }

    private static Optional<UnsealedExporter> find(Predicate<UnsealedExporter> wanted) {
        return all().filter(wanted).findFirst();
    }

    private static Stream<UnsealedExporter> all() {
        return ServiceLoader.load(ContextExporter.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(UnsealedExporter.class::isInstance)
                .map(UnsealedExporter.class::cast);
    }
}
