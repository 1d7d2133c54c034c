package dev.gssbaton.krb5.format;

import com.google.auto.service.AutoService;
import dev.gssbaton.spi.ContextExporter;

/** Exports krb5 contexts in the format {@code mit}, that of MIT krb5 1.19 and later. */
@AutoService(ContextExporter.class)
public final class MitContextExporter extends ForeignContextExporter {
    /** Makes the exporter; it has no state. */
    public MitContextExporter() {
        super("mit", MitFormat::recognises, MitFormat::encode, MitFormat::decode);
    }
}
