package dev.gssbaton;

import dev.gssbaton.seal.OpenedToken;
import dev.gssbaton.seal.TokenHeader;
import dev.gssbaton.seal.TokenSealer;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;

/**
 * The way of a context into a token and out of it.
 *
 * <pre>{@code
 * sealed state: length 2, mechanism OID in DER | length 2, format name | the exporter's octets
 * }</pre>
 */
final class Transfer {
    /** Room for a krb5 context without authorization data and its tag; a larger state makes the array grow. */
    private static final int USUAL_STATE = 400 - TokenHeader.SIZE;

    private static final int MAX_OID = 127;
    private static final int MAX_FORMAT = 64;

    /** What an exporter or a key source may say of an export; whatever else they say is a failure (rule 14). */
    private static final Set<TransferFault> OF_EXPORT = EnumSet.of(
            TransferFault.CONTEXT_EXPIRED,
            TransferFault.NO_EXPORTER,
            TransferFault.EXPORT_FAILED,
            TransferFault.KEYS_UNUSABLE,
            TransferFault.CLAIMS_UNUSABLE);

    private final Providers providers;
    private final TokenSealer sealer;
    private final String purpose;
    private final Environment environment;
    private final Duration tokenLifetime;
    private final Duration clockSkew;
    private final Claiming claiming;
    private final UnsealedTransfer unsealed;

    Transfer(
            Providers providers,
            KeySource keys,
            String purpose,
            Environment environment,
            Duration tokenLifetime,
            Duration clockSkew,
            Set<String> unsealedImports) {
        this.providers = providers;
        this.purpose = purpose;
        this.sealer = sealer(keys, purpose, environment);
        this.environment = environment;
        this.claiming = new Claiming(environment);
        this.unsealed = new UnsealedTransfer(this, providers, environment, claiming, unsealedImports);
        this.tokenLifetime = tokenLifetime;
        this.clockSkew = clockSkew;
    }

    private static TokenSealer sealer(KeySource keys, String purpose, Environment environment) {
        return new TokenSealer(keys, purpose, environment.claims(), environment.random(), environment.clock());
    }

    /** Makes the same with other keys, for sealed tokens alone. */
    Transfer withKeys(KeySource keys) {
        return new Transfer(providers, keys, purpose, environment, tokenLifetime, clockSkew, Set.of());
    }

    /** Makes a sealer for what is not a token: no key of it opens one, nor the other way round. */
    TokenSealer sealerBeside(KeySource keys, String use) {
        return sealer(keys, purpose + '\0' + use, environment);
    }

    /** Erases what was derived from the keys. */
    void close() {
        sealer.close();
    }

    /** Makes a token of a context that no other thread uses meanwhile, and does not change the context. */
    ExportedToken export(MechanismContext context, ContextFacts facts, ExportOptions options, long now)
            throws GSSException {
        byte[] token = null;
        boolean done = false;
        try (StateWriter state = new StateWriter(TokenHeader.SIZE, USUAL_STATE)) {
            Providers.Entry entry = providers.exporter(facts.mechanism(), options.format());
            state.counted(entry.oid());
            state.counted(entry.format());
            entry.exporter().write(context, options.delegation(), state);
            Duration lifetime = options.lifetime() == null ? tokenLifetime : options.lifetime();
            Instant notAfter = Instant.ofEpochMilli(Math.min(now + lifetime.toMillis(), facts.expiryMillis()));
            token = sealer.seal(state, notAfter);
            ClaimId id = TokenHeader.idOf(token);
            TransferLog.exported(id, facts.mechanism(), options.format(), token.length);
            done = true;
            return new ExportedToken(token, id, notAfter);
        } catch (GSSException e) {
            throw refusedExport(e);
        } catch (RuntimeException e) {
            throw refusedExport(e);
        } finally {
            if (!done && token != null) {
                Arrays.fill(token, (byte) 0);
            }
        }
    }

    /** Makes an unsealed token of a context that no other thread uses meanwhile, and does not change the context. */
    ExportedToken exportUnsealed(MechanismContext context, ContextFacts facts, UnsealedOptions options)
            throws GSSException {
        try {
            return unsealed.export(context, facts, options);
        } catch (GSSException e) {
            throw refusedExport(e);
        } catch (RuntimeException e) {
            throw refusedExport(e);
        }
    }

    private static GSSException refusedExport(GSSException e) {
        GSSException reason = TransferFault.of(e).filter(OF_EXPORT::contains).isPresent()
                ? e
                : TransferFault.EXPORT_FAILED.exception("an exporter or a key source says: " + e.getMessage(), e);
        TransferLog.refused("export", null, reason);
        return reason;
    }

    private static GSSException refusedExport(RuntimeException e) {
        return refusedExport(TransferFault.EXPORT_FAILED.exception(
                "an exporter or a key source threw " + e.getClass().getName(), e));
    }

    /**
     * A context that was read from a token, with all that is known of it: after the claim nobody is asked any more.
     *
     * @param mechanism the mechanism
     * @param context the context, live and the caller's once it has been claimed
     * @param facts what it tells of itself
     */
    record Taken(Mechanism mechanism, MechanismContext context, ContextFacts facts) {}

    /** Opens, reads, checks and claims a token, in the order that semantics demand: what fails first costs nothing. */
    Taken take(byte[] token, ImportOptions expected) throws GSSException {
        ClaimId id = null;
        try {
            Optional<Providers.Entry> foreign = unsealed.format(token);
            if (foreign.isPresent()) {
                return unsealed.take(foreign.get(), token, expected);
            }
            String scope = environment.claims().scope();
            TokenHeader header;
            Instant now;
            Taken taken;
            try (OpenedToken opened = sealer.open(token, clockSkew)) {
                header = opened.header();
                id = opened.id();
                now = opened.openedAt();
                taken = read(opened.state(), expected);
            }
            boolean live = false;
            try {
                check(taken, expected, now);
                claiming.claim(id, last(header), header.storeId(), now);
                live = true;
            } finally {
                if (!live) {
                    taken.context().erase();
                }
            }
            TransferLog.imported(id, taken.facts().mechanism(), scope);
            return taken;
        } catch (GSSException e) {
            throw refusedImport(id, e);
        } catch (RuntimeException e) {
            throw refusedImport(id, e);
        }
    }

    /** Opens, reads and checks a sealed token; what is read stays inert until it is claimed. */
    PreparedContext prepare(BatonManager manager, byte[] token, ImportOptions expected) throws GSSException {
        ClaimId id = null;
        try {
            try (OpenedToken opened = sealer.open(token, clockSkew)) {
                id = opened.id();
                Taken taken = read(opened.state(), expected);
                boolean prepared = false;
                try {
                    check(taken, expected, opened.openedAt());
                    PreparedContext context = new PreparedContext(manager, taken, claim(opened.header()));
                    prepared = true;
                    return context;
                } finally {
                    if (!prepared) {
                        taken.context().erase();
                    }
                }
            }
        } catch (GSSException e) {
            throw refusedImport(id, e);
        } catch (RuntimeException e) {
            throw refusedImport(id, e);
        }
    }

    private Instant last(TokenHeader header) {
        return header.notAfter().plus(clockSkew);
    }

    /** Begins to count an offer's age. */
    OfferAge age() throws GSSException {
        return OfferAge.begin(environment.claims());
    }

    /** Gives the claim of a token of our own, for a claimant of its own. */
    TokenClaim claim(ExportedToken token) throws GSSException {
        return claim(TokenHeader.decode(token.octets()));
    }

    private TokenClaim claim(TokenHeader header) {
        return new TokenClaim(claiming, header.id(), last(header), header.storeId());
    }

    private static GSSException refusedImport(ClaimId id, RuntimeException e) {
        return refusedImport(
                id,
                TransferFault.IMPORT_FAILED.exception(
                        "a key source or an exporter threw " + e.getClass().getName(), e));
    }

    private static GSSException refusedImport(ClaimId id, GSSException e) {
        GSSException reason = TransferFault.of(e).isPresent()
                ? e
                : TransferFault.IMPORT_FAILED.exception("a key source says: " + e.getMessage(), e);

        TransferLog.refused("import", id, reason);
        return reason;
    }

    private Taken read(StateReader state, ImportOptions expected) throws GSSException {
        byte[] oid = state.counted(MAX_OID, "mechanism");
        byte[] format = state.counted(MAX_FORMAT, "format");
        return read(providers.exporter(oid, format), state, expected);
    }

    /** Reads a context whose format is known: all that can be asked of its mechanism is asked here. */
    Taken read(Providers.Entry entry, StateReader state, ImportOptions expected) throws GSSException {
        Mechanism mechanism;
        try {
            mechanism = providers.mechanism(entry.mechanism());
        } catch (GSSException e) {
            throw TransferFault.MECHANISM_MISSING.exception(e.getMinorString());
        }
        MechanismContext context = null;
        boolean read = false;
        try {
            context = entry.exporter().read(state, expected.delegation(), environment);
            state.expectEnd();
            Taken taken = new Taken(mechanism, context, ContextFacts.of(context, entry.mechanism()));
            read = true;
            return taken;
        } catch (GSSException e) {
            throw TransferFault.of(e).isPresent()
                    ? e
                    : TransferFault.STATE_MALFORMED.exception("the exporter says: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw TransferFault.STATE_MALFORMED.exception(
                    "the exporter threw " + e.getClass().getName(), e);
        } finally {
            if (!read && context != null) {
                context.erase();
            }
        }
    }

    void check(Taken taken, ImportOptions expected, Instant now) throws GSSException {
        ContextFacts facts = taken.facts();
        if (!facts.established()) {
            throw TransferFault.STATE_MALFORMED.exception("the context in the token is not established");
        }
        if (facts.expired(now.toEpochMilli())) {
            throw TransferFault.IMPORTED_CONTEXT_EXPIRED.exception("establish a new one");
        }
        if (expected.role() != null && facts.initiator() != (expected.role() == ImportOptions.Role.INITIATOR)) {
            throw TransferFault.UNEXPECTED_CONTEXT.exception("its role is not " + expected.role());
        }
        if (expected.mechanism() != null && !expected.mechanism().equals(facts.mechanism())) {
            throw TransferFault.UNEXPECTED_CONTEXT.exception("its mechanism is not " + expected.mechanism());
        }
        expectName(expected.sourceName(), facts.sourceName(), "initiator");
        expectName(expected.targetName(), facts.targetName(), "acceptor");
    }

    private static void expectName(GSSName expected, GSSName actual, String whose) throws GSSException {
        if (expected != null && !expected.equals(actual)) {
            throw TransferFault.UNEXPECTED_CONTEXT.exception("the name of its " + whose + " is not " + expected);
        }
    }
}
