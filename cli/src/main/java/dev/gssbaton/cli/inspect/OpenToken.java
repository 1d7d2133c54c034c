package dev.gssbaton.cli.inspect;

import dev.gssbaton.cli.Problem;
import dev.gssbaton.seal.OpenedToken;
import dev.gssbaton.seal.TokenHeader;
import dev.gssbaton.seal.TokenSealer;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.UnsealedExporter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ServiceLoader;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/**
 * A token opened to be looked at: its context is read, stays inert, and is erased. Nothing is claimed.
 *
 * <p>The time is the last at which the token could be imported, so that an expired one can be looked at too.
 */
final class OpenToken implements AutoCloseable {
    private static final int MAX_OID = 127;
    private static final int MAX_FORMAT = 64;

    private final Oid mechanism;
    private final String format;
    private final MechanismContext context;

    private OpenToken(Oid mechanism, String format, MechanismContext context) {
        this.mechanism = mechanism;
        this.format = format;
        this.context = context;
    }

    static OpenToken open(byte[] token, TokenHeader header, KeySource keys, String purpose)
            throws GSSException, Problem {
        HeaderClaims claims = new HeaderClaims(header.storeId());
        SecureRandom random = new SecureRandom();
        Clock then = Clock.fixed(header.notAfter(), ZoneOffset.UTC);
        try (TokenSealer sealer = new TokenSealer(keys, purpose, claims, random, then);
                OpenedToken opened = sealer.open(token, Duration.ZERO)) {
            StateReader state = opened.state();
            Oid mechanism = new Oid(state.counted(MAX_OID, "mechanism"));
            String format = new String(state.counted(MAX_FORMAT, "format"), StandardCharsets.UTF_8);
            Environment environment = new Environment(then, random, claims);
            // A delegated credential is asked for, so that it can be said whether there is one.
            MechanismContext context = exporter(mechanism, format).read(state, Delegation.CARRY, environment);
            return new OpenToken(mechanism, format, context);
        }
    }

    /** Opens a token of other software, as it is now: such a token has no end but its context's. */
    static OpenToken open(byte[] token, UnsealedExporter exporter) throws GSSException {
        SecureRandom random = new SecureRandom();
        Environment environment = new Environment(Clock.systemUTC(), random, new HeaderClaims(PublicId.draw(random)));
        StateReader state = new StateReader(token, 0, token.length);
        MechanismContext context = exporter.read(state, Delegation.DROP, environment);
        return new OpenToken(exporter.mechanism(), exporter.format(), context);
    }

    /** Finds the exporter of a mechanism and format. */
    static ContextExporter exporter(Oid mechanism, String format) throws Problem {
        for (ContextExporter exporter : ServiceLoader.load(ContextExporter.class)) {
            if (exporter.mechanism().equals(mechanism) && exporter.format().equals(format)) {
                return exporter;
            }
        }
        throw new Problem("no exporter for mechanism " + mechanism + " and format '" + format
                + "' is on the class path, so the state cannot be read");
    }

    Oid mechanism() {
        return mechanism;
    }

    String format() {
        return format;
    }

    MechanismContext context() {
        return context;
    }

    @Override
    public void close() {
        context.erase();
    }
}
