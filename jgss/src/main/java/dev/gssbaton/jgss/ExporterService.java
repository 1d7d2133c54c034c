package dev.gssbaton.jgss;

import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Mechanism;
import java.lang.System.Logger.Level;
import java.security.CodeSource;
import java.security.InvalidParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.ietf.jgss.Oid;

/** An exporter as a service of a security provider. */
final class ExporterService extends Provider.Service {
    static final String TYPE = "ContextExporter";

    private static final Pattern FORMAT = Pattern.compile("[A-Za-z0-9.-]{1,64}");
    /** So that a loader which fails at every step ends the search at last. */
    private static final int MAX_BROKEN = 100;

    private final ServiceLoader.Provider<ContextExporter> maker;

    private ExporterService(
            Provider provider,
            String algorithm,
            List<String> aliases,
            Map<String, String> attributes,
            ServiceLoader.Provider<ContextExporter> maker) {
        super(provider, TYPE, algorithm, maker.type().getName(), aliases, attributes);
        this.maker = maker;
    }

    /**
     * Makes a new exporter.
     *
     * @param parameter null
     * @return an exporter
     */
    @Override
    public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
        if (parameter != null) {
            throw new InvalidParameterException("a " + TYPE + " is made without a parameter");
        }
        try {
            return maker.get();
        } catch (ServiceConfigurationError e) {
            throw new NoSuchAlgorithmException(TYPE + " " + getAlgorithm() + " cannot be made", e);
        }
    }

    /** Finds the exporters of a class loader. What is broken is logged and left out; of two for one thing the first counts. */
    static Collection<ExporterService> find(Provider provider, ClassLoader loader) {
        Map<Oid, String> names = new LinkedHashMap<>();
        forEach(Mechanism.class, loader, found -> {
            Mechanism mechanism = found.get();
            if (!names.containsValue(mechanism.name())) {
                names.putIfAbsent(mechanism.oid(), mechanism.name());
            }
        });
        Map<String, ExporterService> services = new LinkedHashMap<>();
        forEach(ContextExporter.class, loader, found -> {
            ExporterService service = of(provider, found, names);
            // Providers do not tell upper from lower case.
            ExporterService other = services.putIfAbsent(service.getAlgorithm().toUpperCase(Locale.ROOT), service);
            if (other != null) {
                throw new IllegalStateException(
                        service.getAlgorithm() + " is the business of " + where(other.maker.type()) + " already");
            }
        });
        return services.values();
    }

    private static ExporterService of(
            Provider provider, ServiceLoader.Provider<ContextExporter> maker, Map<Oid, String> names) {
        ContextExporter exporter = maker.get();
        Oid mechanism = Objects.requireNonNull(exporter.mechanism(), "it names no mechanism");
        String format = exporter.format();
        if (!FORMAT.matcher(format).matches()) {
            throw new IllegalStateException("its format name is not 1 to 64 letters, digits, dots and hyphens");
        }
        String name = names.get(mechanism);
        return new ExporterService(
                provider,
                mechanism + "/" + format,
                name == null ? List.of() : List.of(name + "/" + format),
                Map.copyOf(exporter.attributes()),
                maker);
    }

    /** Makes known each service that a class loader offers. What is broken is logged and left out. */
    static <S> void forEach(Class<S> type, ClassLoader loader, Consumer<ServiceLoader.Provider<S>> action) {
        Iterator<ServiceLoader.Provider<S>> all =
                ServiceLoader.load(type, loader).stream().iterator();
        for (int broken = 0; broken < MAX_BROKEN; ) {
            ServiceLoader.Provider<S> found = null;
            try {
                if (!all.hasNext()) {
                    return;
                }
                found = all.next();
                action.accept(found);
            } catch (VirtualMachineError e) {
                throw e;
            } catch (RuntimeException | Error e) {
                broken++;
                // The logger is made here, and not while the JVM makes its providers.
                System.getLogger("dev.gssbaton")
                        .log(
                                Level.WARNING,
                                "security provider Baton leaves out {0}: {1}",
                                found == null ? "a service of type " + type.getName() : where(found.type()),
                                e);
            }
        }
    }

    private static String where(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return type.getName() + (source == null ? "" : " in " + source.getLocation());
    }
}
