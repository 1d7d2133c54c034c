package dev.gssbaton.jgss;

import dev.gssbaton.spi.Mechanism;
import java.security.Provider;
import java.util.Collection;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The security provider {@code Baton}: puts the JDK's GSS-API on Baton's mechanisms, and offers every
 * {@link dev.gssbaton.spi.ContextExporter} that {@link java.util.ServiceLoader} finds.
 *
 * <p>It is registered by {@code Security.insertProviderAt(new BatonProvider(), 1)}, or by {@code security.provider.1=Baton} in
 * the file {@code java.security}. It is one for the whole JVM, so services are looked for where it was loaded from itself, not
 * in the context class loader of whoever asks first; and not before somebody asks for one of these types or for all services.
 * A service that cannot be used is logged and left out: registering this provider breaks nothing.
 *
 * <p><b>Mechanisms.</b> Each {@link Mechanism} found is a service of type {@code GssApiMechanism}, by its object identifier, so
 * that {@link org.ietf.jgss.GSSManager#getInstance()} and all that is built on it, SASL and SPNEGO, use it, if this provider
 * stands in front of {@code SunJGSS}. The JDK exports the interfaces for that to nobody: the JVM needs
 * {@code --add-exports java.security.jgss/sun.security.jgss.spi=ALL-UNNAMED}, or {@code =dev.gssbaton.jgss} on the module path,
 * or {@link BatonAgent}. Without it this provider offers no mechanism, says so in the log once, and all goes on with the JDK's
 * own; likewise under a {@code SecurityManager}, whose permissions Baton does not ask for. The contexts are those of a {@link dev.gssbaton.BatonManager} with the settings of {@link #configure}; expiry is
 * {@linkplain dev.gssbaton.Expiry#REPORTED reported} unless {@code -Dbaton.expiry=enforce} or the settings say otherwise.
 * {@link Baton#contextOf} gives the context behind one that unmodified code has established, to export it.
 *
 * <p><b>Exporters.</b> Of type {@code ContextExporter}: its algorithm is the mechanism's object identifier and the format,
 * {@code 1.2.840.113554.1.2.2/baton}; its alias has the mechanism's name instead, {@code krb5/baton}, if the mechanism is on the
 * path too; its attributes are those that the exporter states. {@code newInstance(null)} makes a new exporter.
 *
 * <p>Safe for use by several threads.
 */
public final class BatonProvider extends Provider {
    private static final long serialVersionUID = 2L;

    private static final ThreadLocal<BatonProvider> LOADING = new ThreadLocal<>();

    /** The file of settings; null for none. */
    private final String configuration;

    private final transient GssMechanisms mechanisms;
    private final transient Object lock = new Object();
    private transient volatile boolean loaded;

    /** Makes a provider that has looked for nothing yet, with the settings of {@code -Dbaton.config=FILE}, or the defaults. */
    public BatonProvider() {
        this(null);
    }

    private BatonProvider(String configuration) {
        super("Baton", "0.1", "Baton: GSS-API mechanisms whose contexts can be exported, and their exporters");
        this.configuration = configuration;
        this.mechanisms = new GssMechanisms(this, configuration);
    }

    /**
     * Makes a provider with settings: {@code security.provider.1=Baton FILE} in the file {@code java.security}. The file is read
     * when GSS-API first needs a mechanism. If it cannot be, that is logged, and GSS-API goes on with the JDK's mechanism.
     *
     * @param file a file of properties as {@link dev.gssbaton.BatonManager#fromProperties} reads it
     * @return a new provider of the same name
     */
    @Override
    public Provider configure(String file) {
        return new BatonProvider(Objects.requireNonNull(file, "file"));
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
        } else if (type.equals(GssMechanisms.TYPE)) {
            mechanisms.all();
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
        mechanisms.all();
        return super.getServices();
    }

    /**
     * Lists the properties' names. By them the JDK's GSS-API knows which mechanisms there are, since 25.
     *
     * @return an unmodifiable set
     */
    @Override
    public Set<Object> keySet() {
        mechanisms.listed();
        return super.keySet();
    }

    /**
     * Lists the properties' names. By them the JDK's GSS-API knows which mechanisms there are, on 17.
     *
     * @return the names
     */
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // a Provider's own is not: the search must hold no lock
    public Enumeration<Object> keys() {
        mechanisms.listed();
        return super.keys();
    }

    /**
     * Gives a property. By {@code GssApiMechanism.} and an object identifier the JDK's GSS-API asks for the class that it makes
     * next, on the same thread.
     *
     * @param key the property's name
     * @return its value; null if there is none, or the JDK's own mechanism is to serve this caller
     */
    @Override
    public String getProperty(String key) {
        return key.startsWith(GssMechanisms.PREFIX) ? mechanisms.factory(key) : super.getProperty(key);
    }

    /** Lists a mechanism that has been found. */
    void offer(Mechanism mechanism) {
        putService(new Service(
                this, GssMechanisms.TYPE, mechanism.oid().toString(), GssMechanisms.FACTORY, List.of(), Map.of()));
    }

    /**
     * Looks for exporters. Nothing is locked meanwhile, as when mechanisms are looked for: of threads that search at once all find
     * the same, and the first lists it. An exporter that looks for exporters while it is being made finds none.
     */
    private void load() {
        if (loaded || LOADING.get() != null) {
            return;
        }
        LOADING.set(this);
        try {
            Collection<ExporterService> found = ExporterService.find(this, BatonProvider.class.getClassLoader());
            synchronized (lock) {
                if (!loaded) {
                    found.forEach(this::putService);
                    loaded = true;
                }
            }
        } finally {
            LOADING.remove();
        }
    }

    private Object readResolve() {
        return new BatonProvider(configuration);
    }
}
