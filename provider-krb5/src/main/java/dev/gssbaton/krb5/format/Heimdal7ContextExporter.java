package dev.gssbaton.krb5.format;

import com.google.auto.service.AutoService;
import dev.gssbaton.spi.ContextExporter;

/** Exports krb5 contexts in the format {@code heimdal-7}, that of Heimdal 1.5 to 7.8. */
@AutoService(ContextExporter.class)
public final class Heimdal7ContextExporter extends ForeignContextExporter {
    /** Makes the exporter; it has no state. */
    public Heimdal7ContextExporter() {
        super("heimdal-7", Heimdal7Format::recognises, Heimdal7Format::encode, Heimdal7Format::decode);
    }
}
