package dev.gssbaton;

import dev.gssbaton.spi.ClaimStoreFactory;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.KeySourceFactory;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.TransferFault;
import dev.gssbaton.spi.UnsealedExporter;
import java.nio.charset.StandardCharsets;
import java.security.CodeSource;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/**
 * The mechanisms and exporters of one manager.
 *
 * <p>What the builder was given stands before what is found; found are the services of the context class loader and of
 * this module's own, and exporters that a security provider offers as services of type {@code ContextExporter}.
 */
final class Providers {
    private static final String SERVICE_TYPE = "ContextExporter";
    private static final String MISSING = missing("baton-provider-krb5");
    private static final Pattern FORMAT = Pattern.compile("[A-Za-z0-9.-]{1,64}");

    /** An exporter with the octets by which a token names it. It is asked for them once. */
    static final class Entry {
        private final ContextExporter exporter;
        private final Oid mechanism;
        private final String formatName;
        private final byte[] oid;
        private final byte[] format;

        private Entry(ContextExporter exporter) throws GSSException {
            this.exporter = exporter;
            this.mechanism = exporter.mechanism();
            this.formatName = exporter.format();
            if (!FORMAT.matcher(formatName).matches()) {
                throw new IllegalArgumentException("its format name is not 1 to 64 letters, digits, dots and hyphens");
            }
            this.oid = mechanism.getDER();
            this.format = formatName.getBytes(StandardCharsets.US_ASCII);
        }

        ContextExporter exporter() {
            return exporter;
        }

        Oid mechanism() {
            return mechanism;
        }

        /** The mechanism's object identifier in DER: the entry's own array. */
        byte[] oid() {
            return oid;
        }

        /** The format's name in ASCII: the entry's own array. */
        byte[] format() {
            return format;
        }

        String formatName() {
            return formatName;
        }

        private String key() {
            return mechanism + "/" + formatName;
        }

        /** Tells whether the format has this name, and is one whose octets are sealed. */
        private boolean seals(String name) {
            return formatName.equals(name) && !isUnsealed();
        }

        private boolean isUnsealed() {
            return exporter instanceof UnsealedExporter;
        }
    }

    private final Map<Oid, Mechanism> mechanisms;
    private final List<Entry> exporters;

    private Providers(Map<Oid, Mechanism> mechanisms, List<Entry> exporters) {
        this.mechanisms = mechanisms;
        this.exporters = exporters;
    }

    /**
     * Finds everything there is.
     *
     * @throws IllegalStateException if a service cannot be loaded, or two stand for one thing; the message names both jars
     */
    static Providers find(List<Mechanism> givenMechanisms, List<ContextExporter> givenExporters) {
        Map<Oid, Mechanism> mechanisms = new LinkedHashMap<>();
        addMechanisms(mechanisms, givenMechanisms);
        Map<Oid, Mechanism> found = new LinkedHashMap<>();
        addMechanisms(found, load(Mechanism.class));
        found.forEach(mechanisms::putIfAbsent);

        Map<String, Entry> exporters = new LinkedHashMap<>();
        addExporters(exporters, givenExporters);
        Map<String, Entry> foundExporters = new LinkedHashMap<>();
        List<ContextExporter> all = new ArrayList<>(load(ContextExporter.class));
        addSecurityProviders(all);
        addExporters(foundExporters, all);
        foundExporters.forEach(exporters::putIfAbsent);
        return new Providers(mechanisms, List.copyOf(exporters.values()));
    }

    private static void addMechanisms(Map<Oid, Mechanism> to, List<Mechanism> mechanisms) {
        for (Mechanism mechanism : mechanisms) {
            Mechanism other = to.putIfAbsent(mechanism.oid(), mechanism);
            if (other != null) {
                throw twice("the mechanism " + mechanism.oid(), mechanism, other);
            }
        }
    }

    private static void addExporters(Map<String, Entry> to, List<ContextExporter> exporters) {
        for (ContextExporter exporter : exporters) {
            Entry entry = entry(exporter);
            Entry other = to.putIfAbsent(entry.key(), entry);
            if (other != null) {
                throw twice("an exporter for " + entry.key(), exporter, other.exporter());
            }
        }
    }

    private static Entry entry(ContextExporter exporter) {
        try {
            return new Entry(exporter);
        } catch (GSSException | RuntimeException | LinkageError e) {
            throw new IllegalStateException(where(exporter) + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static <S> List<S> load(Class<S> type) {
        Map<Class<?>, S> byClass = new LinkedHashMap<>();
        try {
            for (S service : ServiceLoader.load(type)) {
                byClass.putIfAbsent(service.getClass(), service);
            }
            for (S service : ServiceLoader.load(type, Providers.class.getClassLoader())) {
                byClass.putIfAbsent(service.getClass(), service);
            }
        } catch (ServiceConfigurationError e) {
            throw new IllegalStateException(
                    "a service of type " + type.getName() + " cannot be loaded: " + e.getMessage(), e);
        }
        return List.copyOf(byClass.values());
    }

    /**
     * Finds the factory for a kind of keys.
     *
     * @throws IllegalArgumentException if there is none
     * @throws IllegalStateException if a service cannot be loaded, or there are two; the message names both jars
     */
    static KeySourceFactory keySourceFactory(String kind) {
        return only(
                KeySourceFactory.class,
                factory -> factory.kind().equals(kind),
                "a source of keys '" + kind + "'",
                MISSING);
    }

    /**
     * Finds the factory for a kind of claim store.
     *
     * @throws IllegalArgumentException if there is none
     * @throws IllegalStateException if a service cannot be loaded, or there are two; the message names both jars
     */
    static ClaimStoreFactory claimStoreFactory(String kind) {
        return only(
                ClaimStoreFactory.class,
                factory -> factory.kind().equals(kind),
                "a claim store '" + kind + "'",
                missing("baton-claims-zookeeper"));
    }

    private static String missing(String jar) {
        return "; is its provider's jar, such as " + jar + ", on the class or module path?";
    }

    private static <F> F only(Class<F> type, Predicate<F> wanted, String what, String missing) {
        F found = null;
        for (F factory : load(type)) {
            if (wanted.test(factory)) {
                if (found != null) {
                    throw twice(what, factory, found);
                }
                found = factory;
            }
        }
        if (found == null) {
            throw new IllegalArgumentException("there is not " + what + missing);
        }
        return found;
    }

    private static void addSecurityProviders(List<ContextExporter> to) {
        for (Provider provider : Security.getProviders()) {
            for (Provider.Service service : provider.getServices()) {
                if (service.getType().equals(SERVICE_TYPE)) {
                    ContextExporter exporter = instance(service);
                    if (to.stream().noneMatch(known -> known.getClass() == exporter.getClass())) {
                        to.add(exporter);
                    }
                }
            }
        }
    }

    private static ContextExporter instance(Provider.Service service) {
        String name =
                service.getAlgorithm() + " of provider " + service.getProvider().getName();
        try {
            if (service.newInstance(null) instanceof ContextExporter exporter) {
                return exporter;
            }
        } catch (NoSuchAlgorithmException | RuntimeException | LinkageError e) {
            throw new IllegalStateException("the ContextExporter " + name + " cannot be made", e);
        }
        throw new IllegalStateException("the ContextExporter " + name + " is not one: " + service.getClassName());
    }

    private static IllegalStateException twice(String what, Object one, Object other) {
        return new IllegalStateException(
                what + " is there twice: " + where(one) + " and " + where(other) + "; take one of them off the path");
    }

    private static String where(Object service) {
        CodeSource source = service.getClass().getProtectionDomain().getCodeSource();
        return service.getClass().getName() + (source == null ? "" : " in " + source.getLocation());
    }

    Collection<Mechanism> mechanisms() {
        return mechanisms.values();
    }

    Mechanism mechanism(Oid oid) throws GSSException {
        Mechanism mechanism = mechanisms.get(oid);
        if (mechanism == null) {
            throw TransferFault.refusal(GSSException.BAD_MECH, "no mechanism " + oid + MISSING);
        }
        return mechanism;
    }

    /** The mechanism for whoever names none: the preferred one, else the only one. */
    Mechanism defaultMechanism(Oid preferred) throws GSSException {
        Mechanism mechanism = mechanisms.get(preferred);
        if (mechanism != null) {
            return mechanism;
        }
        if (mechanisms.isEmpty()) {
            throw TransferFault.refusal(GSSException.BAD_MECH, "there is no mechanism" + MISSING);
        }
        if (mechanisms.size() > 1) {
            throw TransferFault.refusal(GSSException.BAD_MECH, "name one of the mechanisms " + mechanisms.keySet());
        }
        return mechanisms.values().iterator().next();
    }

    boolean canExport(Optional<Oid> mechanism, String format) {
        return exporters.stream()
                .anyMatch(entry -> entry.seals(format)
                        && mechanism.map(entry.mechanism()::equals).orElse(true));
    }

    Entry exporter(Oid mechanism, String format) throws GSSException {
        for (Entry entry : exporters) {
            if (entry.mechanism().equals(mechanism) && entry.seals(format)) {
                return entry;
            }
        }
        throw TransferFault.NO_EXPORTER.exception(mechanism + "/" + format + MISSING);
    }

    /** Finds an exporter for a format that is not sealed. */
    Entry unsealedExporter(Oid mechanism, String format) throws GSSException {
        for (Entry entry : exporters) {
            if (entry.isUnsealed()
                    && entry.formatName.equals(format)
                    && entry.mechanism().equals(mechanism)) {
                return entry;
            }
        }
        throw TransferFault.NO_EXPORTER.exception(mechanism + "/" + format + " without a seal" + MISSING);
    }

    /** Finds the exporters for formats without a seal that say a token begins as theirs. */
    List<Entry> recognise(byte[] token) {
        return exporters.stream()
                .filter(entry -> entry.exporter() instanceof UnsealedExporter unsealed && unsealed.recognises(token))
                .toList();
    }

    boolean readsUnsealed(String format) {
        return exporters.stream().anyMatch(entry -> entry.isUnsealed() && entry.formatName.equals(format));
    }

    Entry exporter(byte[] oid, byte[] format) throws GSSException {
        for (Entry entry : exporters) {
            if (Arrays.equals(entry.oid(), oid)
                    && Arrays.equals(entry.format(), format)
                    && entry.seals(entry.formatName)) {
                return entry;
            }
        }
        throw TransferFault.MECHANISM_MISSING.exception(
                "no exporter for the mechanism and format named in it" + MISSING);
    }
}
