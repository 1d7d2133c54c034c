package dev.gssbaton.mock;

import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.TransferFault;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/** A name and the secret that it shares with its peers: a credential for both roles, without end. */
public final class MockCredential implements GSSCredential {
    /** The least number of octets of a secret. */
    public static final int MIN_SECRET = 16;

    private final MockName name;
    private final SecretBytes secret;

    /**
     * Makes a credential.
     *
     * @param name whose
     * @param secret the shared secret, at least 16 octets, copied
     * @throws IllegalArgumentException if the secret is shorter
     */
    public MockCredential(MockName name, SecretBytes secret) {
        if (secret.length() < MIN_SECRET) {
            throw new IllegalArgumentException("a shared secret has 16 octets or more, not " + secret.length());
        }
        this.name = name;
        this.secret = secret.copy();
    }

    /**
     * Copies the shared secret, for a context that may outlive this credential.
     *
     * @return a holder that the caller closes
     * @throws GSSException {@code NO_CRED} if the credential has been disposed of
     */
    public SecretBytes copySecret() throws GSSException {
        try {
            return secret.copy();
        } catch (IllegalStateException e) {
            throw new GSSException(
                    GSSException.NO_CRED, TransferFault.UNNAMED, "the credential of " + name + " has been disposed of");
        }
    }

    @Override
    public void dispose() {
        secret.close();
    }

    @Override
    public MockName getName() {
        return name;
    }

    @Override
    public GSSName getName(Oid mechanism) throws GSSException {
        return name.canonicalize(mechanism);
    }

    @Override
    public int getRemainingLifetime() {
        return INDEFINITE_LIFETIME;
    }

    @Override
    public int getRemainingInitLifetime(Oid mechanism) {
        return INDEFINITE_LIFETIME;
    }

    @Override
    public int getRemainingAcceptLifetime(Oid mechanism) {
        return INDEFINITE_LIFETIME;
    }

    @Override
    public int getUsage() {
        return INITIATE_AND_ACCEPT;
    }

    @Override
    public int getUsage(Oid mechanism) {
        return INITIATE_AND_ACCEPT;
    }

    @Override
    public Oid[] getMechs() {
        return new Oid[] {MockName.MECHANISM};
    }

    @Override
    public void add(GSSName name, int initLifetime, int acceptLifetime, Oid mechanism, int usage) throws GSSException {
        throw new GSSException(
                GSSException.UNAVAILABLE, TransferFault.UNNAMED, "a mock credential is for one mechanism");
    }
}
