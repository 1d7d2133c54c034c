package dev.gssbaton;

import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitialToken;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.nio.file.Path;
import java.security.Provider;
import java.util.Objects;
import java.util.Optional;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/**
 * Makes names, credentials and contexts that can be exported, and takes contexts that others exported.
 *
 * <p>{@link #withDefaults()} seals tokens with the keys of this account, lets each be taken once on this host and for one
 * minute. {@link #builder()} and {@link #fromProperties} say otherwise. Mechanisms are found by
 * {@link java.util.ServiceLoader} when the manager is made.
 *
 * <p>Safe for use by several threads. One manager for an application is enough.
 */
public final class BatonManager extends GSSManager {
    /** Kerberos v5, the mechanism of whoever names none (RFC 1964 section 1). */
    private static final Oid KRB5 = Mechanism.oid("1.2.840.113554.1.2.2");

    private final Providers providers;
    private final Environment environment;
    private final Transfer transfer;
    private final Expiry expiry;

    BatonManager(Providers providers, Environment environment, Transfer transfer, Expiry expiry) {
        this.providers = providers;
        this.environment = environment;
        this.transfer = transfer;
        this.expiry = expiry;
    }

    /**
     * Makes a manager with account keys, claims of this host, and tokens that live for a minute.
     *
     * @return a new manager
     * @throws IllegalStateException if the services on the path cannot be loaded or contradict each other
     */
    public static BatonManager withDefaults() {
        return builder().build();
    }

    /**
     * Begins a manager with settings of its own.
     *
     * @return a new builder, with the defaults
     */
    public static BatonManagerBuilder builder() {
        return new BatonManagerBuilder();
    }

    /**
     * Makes a manager from a file of properties, whose keys are the builder's words: see
     * {@link BatonManagerBuilder#properties}.
     *
     * @param file a file as {@link java.util.Properties#load(java.io.Reader)} reads it, in UTF-8
     * @return a new manager
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if a key is unknown or a value malformed; the message names the key
     * @throws IllegalStateException if the services on the path cannot be loaded or contradict each other
     */
    public static BatonManager fromProperties(Path file) throws IOException {
        return builder().properties(file).build();
    }

    // Importing

    /**
     * Imports a context
     * (<a href="https://www.rfc-editor.org/rfc/rfc2743#section-2.2.9">GSS_Import_sec_context</a>), whatever its role,
     * mechanism and names.
     *
     * @param interProcessToken a token that {@link BatonContext#export()} made; neither kept nor changed, and best wiped by
     *     the caller
     * @return the context, live
     * @throws GSSException as {@link #createContext(byte[], ImportOptions)} does
     */
    @Override
    public BatonContext createContext(byte[] interProcessToken) throws GSSException {
        return createContext(interProcessToken, ImportOptions.any());
    }

    /**
     * Imports a context that must be the one expected.
     *
     * <p>The token is opened, its state read and everything checked before it is claimed; the claim is the last step. A
     * token that is refused before it can still be imported by the right process, after it the token is spent.
     *
     * @param interProcessToken a token that {@link BatonContext#export()} made; neither kept nor changed, and best wiped by
     *     the caller
     * @param expected what the context must be
     * @return the context, live
     * @throws GSSException {@code DEFECTIVE_TOKEN}, {@code UNAUTHORIZED}, {@code UNAVAILABLE}, {@code NO_CONTEXT} or
     *     {@code FAILURE}; {@link dev.gssbaton.spi.TransferFault#of} tells the reasons apart
     */
    public BatonContext createContext(byte[] interProcessToken, ImportOptions expected) throws GSSException {
        return BatonContext.imported(
                this, transfer.take(interProcessToken, Objects.requireNonNull(expected, "expected")));
    }

    /**
     * Prepares to import a context that was {@linkplain BatonContext#offer offered}: the second of two phases. The token is
     * opened, its state read and everything checked; nothing is claimed yet.
     *
     * @param interProcessToken a sealed token; neither kept nor changed, and best wiped by the caller
     * @param expected what the context must be
     * @return the context, inert, to be claimed or closed by the caller
     * @throws GSSException as {@link #createContext(byte[], ImportOptions)} does, where it fails before the claim. A token of other
     *     software is {@code DEFECTIVE_TOKEN}
     */
    public PreparedContext prepareContext(byte[] interProcessToken, ImportOptions expected) throws GSSException {
        return transfer.prepare(this, interProcessToken, Objects.requireNonNull(expected, "expected"));
    }

    /**
     * Begins a session of hand-overs under keys of its own, for instance such that two processes have agreed on. Mechanisms,
     * purpose, claims, lifetime and clock are this manager's.
     *
     * @param keys where the session's keys come from; the caller closes it
     * @return a session that the caller closes
     */
    public TransferSession session(KeySource keys) {
        return new TransferSession(this, transfer, Objects.requireNonNull(keys, "keys"));
    }

    /**
     * Gives the identity of the store in which this manager's tokens are claimed: who is to import them needs the same.
     *
     * @return the identity
     * @throws GSSException if the store cannot be used, saying what to do
     */
    public PublicId claimStoreId() throws GSSException {
        return environment.claims().id();
    }

    // Contexts

    /**
     * Makes an initiator.
     *
     * @param peer the acceptor's name
     * @param mech the mechanism; null for the default one
     * @param myCred the initiator's credential; null for the default one
     * @param lifetime the lifetime asked for in seconds, {@link GSSContext#DEFAULT_LIFETIME} or
     *     {@link GSSContext#INDEFINITE_LIFETIME}
     * @return a context that has not been started
     * @throws GSSException {@code BAD_MECH} if the mechanism is not there, {@code BAD_NAME} without a peer
     */
    @Override
    public BatonContext createContext(GSSName peer, Oid mech, GSSCredential myCred, int lifetime) throws GSSException {
        if (peer == null) {
            throw TransferFault.refusal(GSSException.BAD_NAME, "an initiator needs the name of its peer");
        }
        return BatonContext.initiator(this, mechanismOrDefault(mech), peer, myCred, lifetime);
    }

    /**
     * Makes an acceptor. Its mechanism is the one that the first token names.
     *
     * @param myCred the acceptor's credential; null for the mechanism's default one
     * @return a context that has not been started
     */
    @Override
    public BatonContext createContext(GSSCredential myCred) {
        return BatonContext.acceptor(this, myCred);
    }

    // Mechanisms

    @Override
    public Oid[] getMechs() {
        return providers.mechanisms().stream().map(Mechanism::oid).toArray(Oid[]::new);
    }

    @Override
    public Oid[] getNamesForMech(Oid mech) throws GSSException {
        return mechanismOrDefault(mech).nameTypes().toArray(Oid[]::new);
    }

    @Override
    public Oid[] getMechsForName(Oid nameType) {
        return providers.mechanisms().stream()
                .filter(mechanism -> mechanism.nameTypes().contains(nameType))
                .map(Mechanism::oid)
                .toArray(Oid[]::new);
    }

    // Names

    @Override
    public GSSName createName(String nameStr, Oid nameType) throws GSSException {
        return createName(nameStr, nameType, null);
    }

    @Override
    public GSSName createName(byte[] name, Oid nameType) throws GSSException {
        return createName(name, nameType, null);
    }

    @Override
    public GSSName createName(String nameStr, Oid nameType, Oid mech) throws GSSException {
        return mechanismOrDefault(mech).name(requireName(nameStr), nameType);
    }

    @Override
    public GSSName createName(byte[] name, Oid nameType, Oid mech) throws GSSException {
        return mechanismOrDefault(mech).name(requireName(name), nameType);
    }

    private static <T> T requireName(T name) throws GSSException {
        if (name == null) {
            throw TransferFault.refusal(GSSException.BAD_NAME, "the name is null");
        }
        return name;
    }

    // Credentials

    @Override
    public GSSCredential createCredential(int usage) throws GSSException {
        return createCredential(null, GSSCredential.DEFAULT_LIFETIME, (Oid) null, usage);
    }

    @Override
    public GSSCredential createCredential(GSSName name, int lifetime, Oid mech, int usage) throws GSSException {
        return mechanismOrDefault(mech).credential(name, lifetime, usage);
    }

    /**
     * Acquires a credential for one mechanism.
     *
     * @param name whose; null for the default one
     * @param lifetime the lifetime asked for in seconds
     * @param mechs the one mechanism; null or empty for the default one
     * @param usage initiate, accept or both
     * @return a credential of that mechanism
     * @throws GSSException {@code UNAVAILABLE} if several mechanisms are asked for: make one credential for each
     */
    @Override
    public GSSCredential createCredential(GSSName name, int lifetime, Oid[] mechs, int usage) throws GSSException {
        if (mechs != null && mechs.length > 1) {
            throw TransferFault.refusal(
                    GSSException.UNAVAILABLE, "one credential for several mechanisms: make one for each of them");
        }
        return createCredential(name, lifetime, mechs == null || mechs.length == 0 ? null : mechs[0], usage);
    }

    // Security providers

    /**
     * Is refused: Baton's mechanisms are services.
     *
     * @param p ignored
     * @param mech ignored
     * @throws GSSException {@code UNAVAILABLE}, always
     */
    @Override
    public void addProviderAtFront(Provider p, Oid mech) throws GSSException {
        throw noProviders();
    }

    /**
     * Is refused: Baton's mechanisms are services.
     *
     * @param p ignored
     * @param mech ignored
     * @throws GSSException {@code UNAVAILABLE}, always
     */
    @Override
    public void addProviderAtEnd(Provider p, Oid mech) throws GSSException {
        throw noProviders();
    }

    private static GSSException noProviders() {
        return TransferFault.refusal(
                GSSException.UNAVAILABLE,
                "a mechanism is found by ServiceLoader (" + Mechanism.class.getName()
                        + "), or given to BatonManager.builder()");
    }

    // For the contexts of this manager

    /** Finds the mechanism of an initiator's first token: the one that its frame names, or that knows it without a frame. */
    Mechanism mechanism(byte[] token, int offset, int length) throws GSSException {
        for (Mechanism mechanism : providers.mechanisms()) {
            if (mechanism.recognizesUnframed(token, offset, length)) {
                return mechanism;
            }
        }
        return providers.mechanism(InitialToken.parse(token, offset, length).mechanism());
    }

    boolean canExport(Optional<Oid> mech) {
        return providers.canExport(mech, ContextExporter.BATON);
    }

    Environment environment() {
        return environment;
    }

    Transfer transfer() {
        return transfer;
    }

    /** Tells whether messages are refused once their context has expired. */
    boolean enforcesExpiry() {
        return expiry == Expiry.ENFORCED;
    }

    long millis() {
        return environment.clock().millis();
    }

    private Mechanism mechanismOrDefault(Oid mech) throws GSSException {
        return mech == null ? providers.defaultMechanism(KRB5) : providers.mechanism(mech);
    }
}
