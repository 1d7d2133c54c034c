package dev.gssbaton.jgss;

import java.security.Provider;
import java.util.Set;

/**
 * The security provider {@code Baton}: offers every {@link dev.gssbaton.spi.ContextExporter} that
 * {@link java.util.ServiceLoader} finds as a service of type {@code ContextExporter}.
 *
 * <p>A service's algorithm is the mechanism's object identifier and the format, {@code 1.2.840.113554.1.2.2/baton}; its
 * alias has the mechanism's name instead, {@code krb5/baton}, if the mechanism is on the path too; its attributes are those
 * that the exporter states. {@code newInstance(null)} makes a new exporter.
 *
 * <p>It is registered by {@code Security.addProvider(new BatonProvider())}, or by {@code security.provider.N=Baton} in the
 * file {@code java.security}. It is one for the whole JVM, so exporters are looked for where it was loaded from itself, not
 * in the context class loader of whoever asks first; and not before somebody asks for a {@code ContextExporter} or for all
 * services. An exporter that cannot be used is logged and left out: registering this provider breaks nothing.
 *
 * <p>Safe for use by several threads.
 */
public final class BatonProvider extends Provider {
    private static final long serialVersionUID = 1L;

    private final transient Object lock = new Object();
    private transient volatile boolean loaded;
    private transient boolean loading;

    /** Makes a provider that has looked for nothing yet. */
    public BatonProvider() {
        super("Baton", "0.1", "Baton: exporters of GSS-API security contexts");
    }

    /**
     * Finds a service. The JVM asks this of every provider for every algorithm, so that only what is ours makes it load.
     *
     * @param type the service's type
     * @param algorithm the algorithm or one of its aliases, in any case
     * @return the service; null if there is none
     */
    @Override
    public Service getService(String type, String algorithm) {
        if (type.equals(ExporterService.TYPE)) {
            load();
        }
        return super.getService(type, algorithm);
    }

    /**
     * Lists the services.
     *
     * @return an unmodifiable set
     */
    @Override
    public Set<Service> getServices() {
        load();
        return super.getServices();
    }

    private void load() {
        if (loaded) {
            return;
        }
        synchronized (lock) {
            // An exporter that looks for exporters while it is being made finds none.
            if (loaded || loading) {
                return;
            }
            loading = true;
            try {
                ExporterService.find(this, BatonProvider.class.getClassLoader()).forEach(this::putService);
                loaded = true;
            } finally {
                loading = false;
            }
        }
    }

    private Object readResolve() {
        return new BatonProvider();
    }
}
