package dev.gssbaton.testkit;

import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.util.Objects;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/** An exporter that keeps the context that it read last, so that a test can look at one that was never given out. */
final class WatchedExporter implements ContextExporter {
    private final ContextExporter exporter;
    private volatile MechanismContext latest;

    WatchedExporter(ContextExporter exporter) {
        this.exporter = exporter;
    }

    MechanismContext latest() {
        return Objects.requireNonNull(latest, "a context that was read");
    }

    @Override
    public Oid mechanism() {
        return exporter.mechanism();
    }

    @Override
    public String format() {
        return exporter.format();
    }

    @Override
    public void write(MechanismContext context, Delegation delegation, StateWriter out) throws GSSException {
        exporter.write(context, delegation, out);
    }

    @Override
    public MechanismContext read(StateReader in, Delegation delegation, Environment environment) throws GSSException {
        MechanismContext read = exporter.read(in, delegation, environment);
        latest = read;
        return read;
    }
}
