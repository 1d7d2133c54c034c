package dev.gssbaton;

import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.seal.AccountKeys;
import dev.gssbaton.seal.InheritedKeys;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.ClaimStoreFactory;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.KeySourceFactory;
import dev.gssbaton.spi.Mechanism;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import org.ietf.jgss.GSSException;

/**
 * The settings of a {@link BatonManager}.
 *
 * <p>For use by one thread; a builder may build several managers.
 */
public final class BatonManagerBuilder {
    private static final Duration MAX_SKEW = Duration.ofMinutes(15);
    /** How long keys that a parent gives may take. */
    private static final Duration PARENTS_TIME = Duration.ofSeconds(10);

    private final List<Mechanism> mechanisms = new ArrayList<>();
    private final List<ContextExporter> exporters = new ArrayList<>();
    private final Set<String> unsealedImports = new LinkedHashSet<>();
    private KeySource keys;
    private ClaimStore claims;
    private String purpose = "";
    private Duration tokenLifetime = Duration.ofMinutes(1);
    private Duration clockSkew = Duration.ZERO;
    private Expiry expiry = Expiry.ENFORCED;
    private Clock clock = Clock.systemUTC();
    private SecureRandom random = new SecureRandom();

    BatonManagerBuilder() {}

    /**
     * Sets who may import: whoever holds these keys. By default {@link AccountKeys#ofUser()}.
     *
     * @param source the source of keys, which stays the caller's
     * @return this builder
     */
    public BatonManagerBuilder keys(KeySource source) {
        keys = Objects.requireNonNull(source, "keys");
        return this;
    }

    /**
     * Sets where a token is taken once, and where acceptors remember authenticators. By default
     * {@link HostClaims#ofUser()}.
     *
     * @param store the store, which stays the caller's
     * @return this builder
     */
    public BatonManagerBuilder claims(ClaimStore store) {
        claims = Objects.requireNonNull(store, "claims");
        return this;
    }

    /**
     * Sets the application's purpose, a part of each key's derivation: two applications that share keys do not take each
     * other's contexts. By default empty.
     *
     * @param text any text, the same in exporter and importer
     * @return this builder
     * @throws IllegalArgumentException if it has unpaired surrogates, so that it cannot be told in UTF-8
     */
    public BatonManagerBuilder purpose(String text) {
        Objects.requireNonNull(text, "purpose");
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("the purpose has unpaired surrogates: give a well-formed text");
        }
        purpose = text;
        return this;
    }

    /**
     * Sets how long a token may be imported. By default one minute; a token never outlives its context.
     *
     * @param lifetime a millisecond to a day
     * @return this builder
     * @throws IllegalArgumentException if it is not in that range
     */
    public BatonManagerBuilder tokenLifetime(Duration lifetime) {
        ExportOptions.requireLifetime("tokenLifetime", lifetime);
        tokenLifetime = lifetime;
        return this;
    }

    /**
     * Sets by how much the clocks of exporter and importer may differ. By default zero, for processes of one host.
     *
     * @param skew zero to 15 minutes
     * @return this builder
     * @throws IllegalArgumentException if it is not in that range
     */
    public BatonManagerBuilder clockSkew(Duration skew) {
        if (skew.isNegative() || skew.compareTo(MAX_SKEW) > 0) {
            throw new IllegalArgumentException("clockSkew is zero to " + MAX_SKEW + ", not " + skew);
        }
        clockSkew = skew;
        return this;
    }

    /**
     * Sets what becomes of messages once their context has expired. By default they are refused.
     *
     * @param policy {@link Expiry#ENFORCED} or {@link Expiry#REPORTED}
     * @return this builder
     */
    public BatonManagerBuilder expiry(Expiry policy) {
        expiry = Objects.requireNonNull(policy, "expiry");
        return this;
    }

    /**
     * Adds a mechanism, in front of those that are found.
     *
     * @param mechanism the mechanism; one with the same object identifier that is found is not used
     * @return this builder
     */
    public BatonManagerBuilder mechanism(Mechanism mechanism) {
        mechanisms.add(Objects.requireNonNull(mechanism, "mechanism"));
        return this;
    }

    /**
     * Adds an exporter, in front of those that are found.
     *
     * @param exporter the exporter; one for the same mechanism and format that is found is not used
     * @return this builder
     */
    public BatonManagerBuilder exporter(ContextExporter exporter) {
        exporters.add(Objects.requireNonNull(exporter, "exporter"));
        return this;
    }

    /**
     * Lets tokens of other software be imported, in one format of theirs. By default none is: an unsealed token is vouched for by
     * nothing, so who can hand one to the manager can hand it any context.
     *
     * @param format the format's name, such as {@code mit}, {@code heimdal-7} or {@code heimdal-8}; may be called for several
     * @return this builder
     */
    public BatonManagerBuilder allowUnsealedImport(String format) {
        unsealedImports.add(Objects.requireNonNull(format, "format"));
        return this;
    }

    /**
     * Sets the clock. By default the system's.
     *
     * @param source the clock
     * @return this builder
     */
    public BatonManagerBuilder clock(Clock source) {
        clock = Objects.requireNonNull(source, "clock");
        return this;
    }

    /**
     * Sets where nonces, keys and sequence numbers come from. By default a new {@link SecureRandom}.
     *
     * @param source the source, safe for use by several threads
     * @return this builder
     */
    public BatonManagerBuilder random(SecureRandom source) {
        random = Objects.requireNonNull(source, "random");
        return this;
    }

    /**
     * Reads settings from a file of properties. Its keys are:
     *
     * <table>
     * <caption>Properties</caption>
     * <tr><th>Key</th><th>Value</th></tr>
     * <tr><td>{@code keys}</td><td>{@code account}, or {@code account:DIRECTORY}; {@code inherited} for {@link InheritedKeys} from the standard
     *     input, which must come within ten seconds, or {@code inherited:N} from descriptor N; or what a
     *     {@link KeySourceFactory} on the path opens: {@code keytab:FILE PRINCIPAL} with the Kerberos mechanism</td></tr>
     * <tr><td>{@code claims}</td><td>{@code host}, {@code host:DIRECTORY},
     *     {@code shared:DIRECTORY} for {@link HostClaims#shared}, or {@code process}; or what a {@link ClaimStoreFactory} on the path
     *     opens: {@code zookeeper:FILE} with {@code baton-claims-zookeeper}</td></tr>
     * <tr><td>{@code purpose}</td><td>a text</td></tr>
     * <tr><td>{@code tokenLifetime}</td><td>an ISO 8601 duration: {@code PT1M}</td></tr>
     * <tr><td>{@code clockSkew}</td><td>an ISO 8601 duration: {@code PT0S}</td></tr>
     * <tr><td>{@code expiry}</td><td>{@code enforce} or {@code report}: see {@link Expiry}</td></tr>
     * <tr><td>{@code allowUnsealedImport}</td><td>names of formats, separated by commas: {@code mit, heimdal-8}</td></tr>
     * </table>
     *
     * @param file a file as {@link Properties#load(Reader)} reads it, in UTF-8
     * @return this builder
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if a key is unknown, a value malformed, or keys or claims cannot be used; the message names
     *     the file and the key
     */
    public BatonManagerBuilder properties(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        for (String key : properties.stringPropertyNames()) {
            try {
                property(key, properties.getProperty(key).strip());
            } catch (IllegalArgumentException | DateTimeException e) {
                throw new IllegalArgumentException(file + ": " + key + ": " + e.getMessage(), e);
            }
        }
        return this;
    }

    private void property(String key, String value) {
        switch (key) {
            case "keys" -> keys(keysNamed(value));
            case "claims" -> claims(claimsNamed(value));
            case "purpose" -> purpose(value);
            case "tokenLifetime" -> tokenLifetime(Duration.parse(value));
            case "clockSkew" -> clockSkew(Duration.parse(value));
            case "expiry" -> expiry(Expiry.named(value));
            case "allowUnsealedImport" ->
                Arrays.stream(value.split(",", -1)).map(String::strip).forEach(this::allowUnsealedImport);
            default ->
                throw new IllegalArgumentException(
                        "no such setting; there are keys, claims, purpose, tokenLifetime, clockSkew, expiry,"
                                + " allowUnsealedImport");
        }
    }

    /** A kind, and what stands after the colon; empty if none does. */
    private record Named(String kind, String specification) {
        static Named of(String value, String words) {
            int colon = value.indexOf(':');
            Named named = colon < 0
                    ? new Named(value, "")
                    : new Named(
                            value.substring(0, colon),
                            value.substring(colon + 1).strip());
            if (named.kind.isEmpty() || (colon >= 0 && named.isBare())) {
                throw malformed(value, words);
            }
            return named;
        }

        boolean isBare() {
            return specification.isEmpty();
        }

        Path directory() {
            return Path.of(specification);
        }
    }

    private static IllegalArgumentException malformed(String value, String words) {
        return new IllegalArgumentException(
                "'" + value + "' is not " + words + ", or a kind that is on the path, a colon and its specification");
    }

    private static KeySource keysNamed(String value) {
        Named named = Named.of(value, "account, account:DIRECTORY, inherited, inherited:N");
        try {
            return switch (named.kind) {
                case "account" -> named.isBare() ? AccountKeys.ofUser() : AccountKeys.in(named.directory());
                case "inherited" ->
                    named.isBare()
                            ? InheritedKeys.takeFromStandardInput(PARENTS_TIME)
                            : InheritedKeys.takeFromDescriptor(Integer.parseInt(named.specification), PARENTS_TIME);
                default -> Providers.keySourceFactory(named.kind).open(named.specification);
            };
        } catch (GSSException e) {
            throw new IllegalArgumentException(e.getMinorString(), e);
        }
    }

    private static ClaimStore claimsNamed(String value) {
        String words = "host, host:DIRECTORY, shared:DIRECTORY, process";
        Named named = Named.of(value, words);
        boolean wrong =
                switch (named.kind) {
                    case "process" -> !named.isBare();
                    case "shared" -> named.isBare();
                    default -> false;
                };
        if (wrong) {
            throw malformed(value, words);
        }
        try {
            return switch (named.kind) {
                case "host" -> named.isBare() ? HostClaims.ofUser() : HostClaims.in(named.directory());
                case "process" -> ProcessClaims.ofProcess();
                case "shared" -> HostClaims.shared(named.directory());
                default -> Providers.claimStoreFactory(named.kind).open(named.specification);
            };
        } catch (GSSException e) {
            throw new IllegalArgumentException(e.getMinorString(), e);
        }
    }

    /**
     * Makes the manager, and finds the mechanisms and exporters on the path.
     *
     * @return a new manager
     * @throws IllegalStateException if a service cannot be loaded, or two stand for the same thing; the message names both
     *     jars. Also if a format that {@link #allowUnsealedImport} names is not there
     */
    public BatonManager build() {
        KeySource usedKeys = keys == null ? AccountKeys.ofUser() : keys;
        ClaimStore usedClaims = claims == null ? HostClaims.ofUser() : claims;
        begin(usedClaims);
        Environment environment = new Environment(clock, random, usedClaims);
        Providers providers = Providers.find(mechanisms, exporters);
        for (String format : unsealedImports) {
            if (!providers.readsUnsealed(format)) {
                throw new IllegalStateException(
                        "allowUnsealedImport: nothing on the class or module path reads tokens of format '" + format
                                + "' without a seal");
            }
        }
        return new BatonManager(
                providers,
                environment,
                new Transfer(
                        providers,
                        usedKeys,
                        purpose,
                        environment,
                        tokenLifetime,
                        clockSkew,
                        Set.copyOf(unsealedImports)),
                expiry);
    }

    /**
     * Lets the store begin to remember now, before the first client: an authenticator that is older than the store is
     * refused, since it may have been used before.
     */
    private static void begin(ClaimStore store) {
        try {
            store.since();
        } catch (GSSException e) {
            // Whoever needs the store is told why it cannot be used; a manager that only initiates never does.
        }
    }
}
