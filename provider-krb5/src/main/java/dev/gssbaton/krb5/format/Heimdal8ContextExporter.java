package dev.gssbaton.krb5.format;

import com.google.auto.service.AutoService;
import dev.gssbaton.spi.ContextExporter;

/** Exports krb5 contexts in the format {@code heimdal-8}, that of Heimdal's git master. */
@AutoService(ContextExporter.class)
public final class Heimdal8ContextExporter extends ForeignContextExporter {
    /** Makes the exporter; it has no state. */
    public Heimdal8ContextExporter() {
        super("heimdal-8", Heimdal8Format::recognises, Heimdal8Format::encode, Heimdal8Format::decode);
    }
}
