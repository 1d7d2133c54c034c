package dev.gssbaton.mock;

import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitialToken;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.SecretCredential;
import dev.gssbaton.spi.TextName;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;

/**
 * The mock mechanism with delegated credentials, which it leaves out to stay small. Nothing is sent for it: the acceptor
 * has the secret anyway, and the flag among the options of the first token allows its use.
 */
class DelegatingMechanism extends ForwardingMechanism {
    @Override
    public MechanismContext initiator(InitiatorRequest request, Environment environment) throws GSSException {
        boolean asked = request.flags().contains(ContextFlag.DELEG);
        return new DelegatingContext(super.initiator(request, environment), asked, null, null);
    }

    @Override
    public MechanismContext acceptor(AcceptorRequest request, Environment environment) throws GSSException {
        MechanismContext acceptor = super.acceptor(request, environment);
        return new DelegatingContext(
                acceptor,
                false,
                SecretCredential.of(oid(), request.credential()).copySecret(0),
                null);
    }

    /** A context whose acceptor may have the initiator's credential. */
    static final class DelegatingContext extends ForwardingContext {
        private final SecretBytes own;
        private boolean granted;
        private SecretBytes delegated;
        private boolean begun;

        DelegatingContext(MechanismContext inner, boolean granted, SecretBytes own, SecretBytes delegated) {
            super(inner);
            this.granted = granted;
            this.own = own;
            this.delegated = delegated;
        }

        SecretBytes delegated() {
            return delegated;
        }

        boolean granted() {
            return granted;
        }

        @Override
        public byte[] step(byte[] token, int offset, int length) throws GSSException {
            byte[] answer = super.step(token, offset, length);
            if (!isInitiator() && !begun) {
                int options = InitialToken.parse(token, offset, length).innerOffset();
                granted = (ByteBuffer.wrap(token).getInt(options) & ContextFlag.DELEG.bit()) != 0;
            }
            begun = true;
            if (isEstablished() && own != null) {
                delegated = granted ? own.copy() : null;
                own.close();
            }
            return answer;
        }

        @Override
        public Set<ContextFlag> flags() {
            Set<ContextFlag> flags = EnumSet.noneOf(ContextFlag.class);
            flags.addAll(super.flags());
            if (granted) {
                flags.add(ContextFlag.DELEG);
            }
            return flags;
        }

        @Override
        public GSSCredential delegatedCredential() {
            return delegated == null ? null : new SecretCredential((TextName) sourceName(), delegated);
        }

        @Override
        public void erase() {
            super.erase();
            if (own != null) {
                own.close();
            }
            if (delegated != null) {
                delegated.close();
            }
        }
    }
}
