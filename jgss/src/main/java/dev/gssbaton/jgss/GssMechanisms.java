package dev.gssbaton.jgss;

import dev.gssbaton.BatonManager;
import dev.gssbaton.BatonManagerBuilder;
import dev.gssbaton.Expiry;
import dev.gssbaton.spi.Mechanism;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;

/**
 * The mechanisms that one provider offers to the JDK's GSS-API, and the manager that makes their contexts.
 *
 * <p>The JDK tells a factory which provider and mechanism it stands for by nothing: it asks the provider for the name of the
 * factory's class, loads it and makes one. All three on one thread, so the thread remembers what was asked for.
 *
 * <p>Nothing is locked while services are looked for. They may ask the JDK for a name or a manager while they are
 * initialized, whence the JDK comes here again, on this thread or on another that waits for this one.
 */
final class GssMechanisms {
    /** What the JDK's front end takes its mechanisms' interfaces from. */
    static final String PACKAGE = "sun.security.jgss.spi";

    static final String EXPORT = "java.security.jgss/" + PACKAGE + "=ALL-UNNAMED";

    static final String TYPE = "GssApiMechanism";
    static final String PREFIX = TYPE + ".";

    /** Not loaded before it is needed: without the export it cannot be. */
    static final String FACTORY = GssMechanisms.class.getPackageName() + ".AdaptedMechanism";

    /** Negotiates among the others, and is the JDK's own business. */
    private static final Oid SPNEGO = Mechanism.oid("1.3.6.1.5.5.2");

    /** {@code HttpURLConnection} takes tickets from wherever there are some, asks the user, and protects no message. */
    private static final String HTTP_CLIENT = "sun.net.www.protocol.http.spnego.";

    /** What looks for mechanisms when a {@code GSSManager} is made, and its method that makes a factory. */
    private static final String MANAGER = "sun.security.jgss.ProviderList";

    private static final String MAKES_FACTORY = "getMechFactory";

    private static final String JDKS_PROVIDER = "SunJGSS";

    /** Longer than any settings take; a thread that the maker itself waits for goes on with the JDK's mechanism then. */
    private static final long MAKING_SECONDS = 30;

    private static final AtomicBoolean SAID_HOW_TO_ENABLE = new AtomicBoolean();
    private static final AtomicBoolean SAID_WHERE_TO_STAND = new AtomicBoolean();

    private static final ThreadLocal<Boolean> SEARCHING = ThreadLocal.withInitial(() -> false);
    private static final ThreadLocal<Wanted> WANTED = new ThreadLocal<>();

    private final BatonProvider provider;
    private final String configuration;
    private final AtomicReference<Map<String, Mechanism>> mechanisms = new AtomicReference<>();
    /** The manager, made once; empty if it cannot be. */
    private final AtomicReference<CompletableFuture<Optional<BatonManager>>> managed = new AtomicReference<>();

    /** What a factory stands for. */
    record Wanted(BatonProvider provider, Mechanism mechanism, BatonManager manager) {}

    /**
     * Makes the mechanisms of a provider, of which none is looked for yet.
     *
     * @param configuration the file of properties; null for {@code -Dbaton.config}, or else the defaults
     */
    GssMechanisms(BatonProvider provider, String configuration) {
        this.provider = provider;
        this.configuration = configuration;
    }

    /** Tells whether a package of the JDK's GSS-API can be used here. */
    static boolean isExported(String name) {
        return GSSManager.class.getModule().isExported(name, GssMechanisms.class.getModule());
    }

    /** Gives the mechanisms by their properties' names; none without the export, or while this thread looks for them. */
    Map<String, Mechanism> all() {
        if (mechanisms.get() == null && !SEARCHING.get()) {
            search(() -> {
                Map<String, Mechanism> found = isExported(PACKAGE) && !isUnderSecurityManager() ? find() : none();
                // Of threads that search at once all find the same, and the first lists it.
                synchronized (mechanisms) {
                    if (mechanisms.get() == null) {
                        found.values().forEach(provider::offer);
                        mechanisms.set(found);
                    }
                }
            });
        }
        Map<String, Mechanism> known = mechanisms.get();
        return known == null ? Map.of() : known;
    }

    /**
     * Gets ready for whoever lists the properties. If it is a {@code GSSManager} that is being made, the replay cache begins
     * to remember: an authenticator that is older would be refused, so it must not wait for the first one.
     */
    void listed() {
        if (!all().isEmpty() && !SEARCHING.get() && isCalledFrom(MANAGER)) {
            sayWhereToStand();
            manager();
        }
    }

    /** Behind the JDK's own provider only mechanisms that it has not are used, which nobody means. */
    private void sayWhereToStand() {
        List<String> names =
                Stream.of(Security.getProviders()).map(Provider::getName).toList();
        int jdks = names.indexOf(JDKS_PROVIDER);
        if (jdks >= 0 && jdks < names.indexOf(provider.getName()) && !SAID_WHERE_TO_STAND.getAndSet(true)) {
            log(
                    Level.WARNING,
                    "security provider Baton stands behind " + JDKS_PROVIDER
                            + ", whose mechanisms go before: register it in"
                            + " front, as security.provider.1=Baton or with Security.insertProviderAt(…, 1)",
                    null);
        }
    }

    /**
     * Gives the name of the factory's class that the JDK asks for, and remembers for whom.
     *
     * @param property the property's name
     * @return the name; null if the JDK is to ask the next provider
     */
    String factory(String property) {
        if (SEARCHING.get()) {
            return null;
        }
        Mechanism mechanism = all().get(property);
        if (mechanism == null || isUnderSecurityManager() || isCalledFrom(HTTP_CLIENT)) {
            return null;
        }
        Optional<BatonManager> manager = manager();
        if (manager.isEmpty()) {
            return null;
        }
        // Whoever else asks makes nothing, and the thread would remember it for ever.
        if (makesFactory()) {
            WANTED.set(new Wanted(provider, mechanism, manager.get()));
        }
        return FACTORY;
    }

    /** Gives what the factory that this thread makes stands for. */
    static Wanted wanted() {
        Wanted wanted = WANTED.get();
        WANTED.remove();
        if (wanted == null) {
            throw new IllegalStateException(
                    "the JDK's GSS-API makes this, when it has asked the provider for its name");
        }
        return wanted;
    }

    /**
     * Searches where this class was loaded from: the provider is the whole JVM's, and who happens to ask first may be an
     * application with a copy of Baton of its own.
     */
    private static void search(Runnable search) {
        Thread thread = Thread.currentThread();
        ClassLoader applications = thread.getContextClassLoader();
        SEARCHING.set(true);
        thread.setContextClassLoader(GssMechanisms.class.getClassLoader());
        try {
            search.run();
        } finally {
            thread.setContextClassLoader(applications);
            SEARCHING.remove();
        }
    }

    private static Map<String, Mechanism> find() {
        Map<String, Mechanism> found = new LinkedHashMap<>();
        ExporterService.forEach(Mechanism.class, GssMechanisms.class.getClassLoader(), maker -> {
            Mechanism mechanism = maker.get();
            if (!mechanism.oid().equals(SPNEGO)) {
                found.putIfAbsent(PREFIX + mechanism.oid(), mechanism);
            }
        });
        return Map.copyOf(found);
    }

    private static Map<String, Mechanism> none() {
        if (!SAID_HOW_TO_ENABLE.getAndSet(true)) {
            String why = isUnderSecurityManager()
                    ? "under a SecurityManager only its own mechanisms check permissions"
                    : "start the JVM with --add-exports " + EXPORT + " to put it on Baton's mechanisms";
            log(Level.INFO, "security provider Baton leaves GSS-API to the JDK: " + why, null);
        }
        return Map.of();
    }

    /** The JDK's mechanism asks whether a program may initiate, accept and delegate; Baton's asks nothing. */
    @SuppressWarnings("removal") // 17 can still have one
    private static boolean isUnderSecurityManager() {
        return System.getSecurityManager() != null;
    }

    /**
     * Gives the manager. One thread makes it, since settings may take what is there once, as keys in a pipe; others wait for
     * that one, but not for ever.
     */
    Optional<BatonManager> manager() {
        CompletableFuture<Optional<BatonManager>> own = new CompletableFuture<>();
        CompletableFuture<Optional<BatonManager>> first = managed.compareAndExchange(null, own);
        if (first != null) {
            return first.copy()
                    .completeOnTimeout(Optional.empty(), MAKING_SECONDS, TimeUnit.SECONDS)
                    .join();
        }
        try {
            search(() -> own.complete(Optional.ofNullable(make())));
        } finally {
            own.complete(Optional.empty()); // whoever waits for one that ended with an error
        }
        return own.join();
    }

    private BatonManager make() {
        try {
            BatonManagerBuilder builder = BatonManager.builder().expiry(Expiry.REPORTED);
            all().values().forEach(builder::mechanism);
            String file = configuration == null ? System.getProperty("baton.config") : configuration;
            if (file != null) {
                builder.properties(Path.of(file));
            }
            String expiry = System.getProperty("baton.expiry");
            if (expiry != null) {
                builder.expiry(Expiry.named(expiry));
            }
            return builder.build();
        } catch (IOException | RuntimeException e) {
            log(Level.WARNING, "security provider Baton leaves GSS-API to the JDK: it is configured wrongly", e);
            return null;
        }
    }

    private static boolean makesFactory() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(MANAGER)
                        && frame.getMethodName().equals(MAKES_FACTORY)));
    }

    private static boolean isCalledFrom(String classes) {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().startsWith(classes)));
    }

    /** The logger is made here, and not while the JVM makes its providers. */
    private static void log(Level level, String text, Exception cause) {
        System.getLogger("dev.gssbaton").log(level, text, cause);
    }
}
