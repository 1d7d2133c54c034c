package dev.gssbaton.testkit;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.time.Instant;
import java.util.Optional;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/** Makes exports fail at one point while it is set, and stands around everything that an export uses. */
final class FailureSwitch {
    private volatile FailurePoint point;

    void set(FailurePoint failing) {
        point = failing;
    }

    void clear() {
        point = null;
    }

    private void breakAt(FailurePoint here) {
        if (point == here) {
            throw new IllegalStateException("made to fail at " + here);
        }
    }

    private void refuseAt(FailurePoint here, TransferFault fault) throws GSSException {
        if (point == here) {
            throw fault.exception("made to fail at " + here);
        }
    }

    ContextExporter around(ContextExporter exporter) {
        return new ContextExporter() {
            @Override
            public Oid mechanism() {
                return exporter.mechanism();
            }

            @Override
            public String format() {
                return exporter.format();
            }

            @Override
            public void write(MechanismContext context, Delegation delegation, StateWriter out) throws GSSException {
                if (point == FailurePoint.WRITE_REFUSED) {
                    throw new GSSException(GSSException.UNAVAILABLE, 0, "made to fail before writing");
                }
                exporter.write(context, delegation, out);
                breakAt(FailurePoint.WRITE_BROKEN);
                if (point == FailurePoint.STATE_TOO_LARGE) {
                    out.octets(new byte[StateWriter.MAX_SIZE]);
                }
            }

            @Override
            public MechanismContext read(StateReader in, Delegation delegation, Environment environment)
                    throws GSSException {
                return exporter.read(in, delegation, environment);
            }
        };
    }

    KeySource around(KeySource keys) {
        return new KeySource() {
            @Override
            public SealingKey exportKey(String purpose) throws GSSException {
                refuseAt(FailurePoint.KEYS_REFUSED, TransferFault.KEYS_UNUSABLE);
                breakAt(FailurePoint.KEYS_BROKEN);
                return keys.exportKey(purpose);
            }

            @Override
            public Optional<SealingKey> importKey(PublicId id, String purpose) throws GSSException {
                return keys.importKey(id, purpose);
            }

            @Override
            public String describe() {
                return keys.describe();
            }
        };
    }

    ClaimStore around(ClaimStore claims) {
        return new ClaimStore() {
            @Override
            public PublicId id() throws GSSException {
                refuseAt(FailurePoint.CLAIMS_REFUSED, TransferFault.CLAIMS_UNUSABLE);
                return claims.id();
            }

            @Override
            public String scope() {
                return claims.scope();
            }

            @Override
            public Instant now() throws GSSException {
                return claims.now();
            }

            @Override
            public Instant since() throws GSSException {
                return claims.since();
            }

            @Override
            public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
                return claims.claim(id, claimant, keepUntil);
            }
        };
    }
}
