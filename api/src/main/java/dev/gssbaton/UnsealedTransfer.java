package dev.gssbaton;

import dev.gssbaton.seal.TokenHeader;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import dev.gssbaton.spi.UnsealedExporter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ietf.jgss.GSSException;

/**
 * The way of a context into a token of other software, and out of one. Such a token has no identity of its own, so it is
 * claimed by what it says:
 *
 * <pre>{@code SHA-256("baton unsealed 1" | length 2, mechanism OID in DER | what UnsealedExporter.writeIdentity writes) }</pre>
 */
final class UnsealedTransfer {
    private static final byte[] LABEL = "baton unsealed 1".getBytes(StandardCharsets.US_ASCII);

    /** A token says its context's end itself, so a far one must not have a claim kept for as long. */
    private static final Duration MAX_CLAIM = Duration.ofDays(7);

    private static final int USUAL_TOKEN = 1200;
    private static final int USUAL_IDENTITY = 128;

    private final Transfer transfer;
    private final Providers providers;
    private final Environment environment;
    private final Claiming claiming;
    private final Set<String> allowed;

    UnsealedTransfer(
            Transfer transfer, Providers providers, Environment environment, Claiming claiming, Set<String> allowed) {
        this.transfer = transfer;
        this.providers = providers;
        this.environment = environment;
        this.claiming = claiming;
        this.allowed = allowed;
    }

    ExportedToken export(MechanismContext context, ContextFacts facts, UnsealedOptions options) throws GSSException {
        Providers.Entry entry = providers.unsealedExporter(facts.mechanism(), options.format());
        UnsealedExporter exporter = (UnsealedExporter) entry.exporter();
        if (options.keystream() == UnsealedOptions.Keystream.OWN && exporter.sharesKeystream(context)) {
            throw TransferFault.EXPORT_FAILED.exception(
                    "its encryption type has one keystream for all copies of a context,"
                            + " and other software may import the token twice: see UnsealedOptions.consentToSharedKeystream");
        }
        ClaimId id = identity(entry, context);
        try (StateWriter out = new StateWriter(0, USUAL_TOKEN)) {
            exporter.write(context, Delegation.DROP, out);
            TransferLog.exported(id, facts.mechanism(), options.format(), out.position());
            // The token is made last: whatever failed before leaves none behind.
            return new ExportedToken(
                    Arrays.copyOf(out.array(), out.position()),
                    id,
                    facts.expiryMillis() == Long.MAX_VALUE ? Instant.MAX : Instant.ofEpochMilli(facts.expiryMillis()));
        }
    }

    /**
     * Tells by which format a token is to be read, from its first octets alone.
     *
     * @return empty for a token of Baton, and for what nobody recognises
     * @throws GSSException if this manager does not read that format
     */
    Optional<Providers.Entry> format(byte[] token) throws GSSException {
        if (token == null || TokenHeader.hasMagic(token)) {
            return Optional.empty();
        }
        List<Providers.Entry> recognised = providers.recognise(token);
        if (recognised.isEmpty()) {
            return Optional.empty();
        }
        List<Providers.Entry> readable = recognised.stream()
                .filter(entry -> allowed.contains(entry.formatName()))
                .toList();
        if (readable.size() == 1) {
            return Optional.of(readable.get(0));
        }
        String names = String.join(
                ", ", recognised.stream().map(Providers.Entry::formatName).toList());
        throw readable.isEmpty()
                ? TransferFault.FORMAT_NOT_ALLOWED.exception(
                        "it is of format " + names + ": BatonManagerBuilder.allowUnsealedImport has to name it")
                : TransferFault.IMPORT_FAILED.exception("several formats claim it: " + names);
    }

    /** Reads, checks and claims a token, in this order: what fails first costs nothing. */
    Transfer.Taken take(Providers.Entry entry, byte[] token, ImportOptions expected) throws GSSException {
        if (token.length > StateWriter.MAX_SIZE) {
            throw TransferFault.TOKEN_TOO_LONG.exception("it has " + token.length + " octets");
        }
        PublicId store = environment.claims().id();
        Transfer.Taken taken = transfer.read(entry, new StateReader(token, 0, token.length), expected);
        boolean live = false;
        try {
            Instant now = environment.clock().instant();
            transfer.check(taken, expected, now);
            ClaimId id = identity(entry, taken.context());
            claiming.claim(id, last(taken.facts(), now), store, now);
            TransferLog.imported(
                    id, taken.facts().mechanism(), environment.claims().scope());
            live = true;
            return taken;
        } finally {
            if (!live) {
                taken.context().erase();
            }
        }
    }

    private static Instant last(ContextFacts facts, Instant now) {
        return Instant.ofEpochMilli(
                Math.min(facts.expiryMillis(), now.plus(MAX_CLAIM).toEpochMilli()));
    }

    private static ClaimId identity(Providers.Entry entry, MechanismContext context) throws GSSException {
        try (StateWriter out = new StateWriter(0, USUAL_IDENTITY)) {
            out.octets(LABEL);
            out.counted(entry.oid());
            ((UnsealedExporter) entry.exporter()).writeIdentity(context, out);
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(out.array(), 0, out.position());
            return ClaimId.of(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
