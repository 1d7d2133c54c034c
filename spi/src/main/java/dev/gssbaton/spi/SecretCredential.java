package dev.gssbaton.spi;

import java.util.Objects;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/**
 * A name and a secret that goes with it, for mechanisms with a password, a shared key or a bearer's token: one credential
 * for both roles, without end.
 *
 * <p>It has a copy of the secret, which {@link #dispose} erases. Safe for use by several threads.
 */
public final class SecretCredential implements GSSCredential {
    private final TextName name;
    private final SecretBytes secret;

    /**
     * Makes a credential.
     *
     * @param name whose, and of which mechanism
     * @param secret the secret, copied; the caller keeps its own and closes it
     * @throws IllegalStateException if the secret is closed
     */
    public SecretCredential(TextName name, SecretBytes secret) {
        this.name = Objects.requireNonNull(name, "name");
        this.secret = secret.copy();
    }

    /**
     * Takes a credential for one of this mechanism's.
     *
     * @param mechanism the mechanism
     * @param credential a credential that an application gave, or null
     * @return the same credential
     * @throws GSSException {@code NO_CRED} if there is none, or it is another mechanism's
     */
    public static SecretCredential of(Oid mechanism, GSSCredential credential) throws GSSException {
        if (credential instanceof SecretCredential own && own.name.mechanism().equals(mechanism)) {
            return own;
        }
        throw TransferFault.refusal(
                GSSException.NO_CRED,
                "the mechanism " + mechanism + " needs a SecretCredential of its own, not "
                        + (credential == null
                                ? "none"
                                : "a " + credential.getClass().getName()));
    }

    /**
     * Copies the secret, for a context that may outlive this credential.
     *
     * @param min the least number of octets with which the mechanism is content
     * @return a holder that the caller closes
     * @throws GSSException {@code NO_CRED} if the secret is shorter, or the credential has been disposed of
     */
    public SecretBytes copySecret(int min) throws GSSException {
        if (secret.length() < min) {
            throw TransferFault.refusal(
                    GSSException.NO_CRED,
                    "the secret of '" + name + "' has " + secret.length() + " octets, and needs " + min);
        }
        try {
            return secret.copy();
        } catch (IllegalStateException e) {
            throw TransferFault.refusal(GSSException.NO_CRED, "the credential of '" + name + "' has been disposed of");
        }
    }

    /** Erases the secret. Contexts that were begun before have a copy. Disposing twice is harmless. */
    @Override
    public void dispose() {
        secret.close();
    }

    @Override
    public TextName getName() {
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
    public int getRemainingInitLifetime(Oid mechanism) throws GSSException {
        name.canonicalize(mechanism);
        return INDEFINITE_LIFETIME;
    }

    @Override
    public int getRemainingAcceptLifetime(Oid mechanism) throws GSSException {
        name.canonicalize(mechanism);
        return INDEFINITE_LIFETIME;
    }

    @Override
    public int getUsage() {
        return INITIATE_AND_ACCEPT;
    }

    @Override
    public int getUsage(Oid mechanism) throws GSSException {
        name.canonicalize(mechanism);
        return INITIATE_AND_ACCEPT;
    }

    @Override
    public Oid[] getMechs() {
        return new Oid[] {name.mechanism()};
    }

    /**
     * Refuses: this credential is of one mechanism.
     *
     * @throws GSSException {@code UNAVAILABLE} always
     */
    @Override
    public void add(GSSName other, int initLifetime, int acceptLifetime, Oid mechanism, int usage) throws GSSException {
        throw TransferFault.refusal(
                GSSException.UNAVAILABLE, "this credential is of one mechanism: make another for another");
    }

    /**
     * Names whose it is, never the secret.
     *
     * @return a text without the secret
     */
    @Override
    public String toString() {
        return "SecretCredential[" + name + "]";
    }
}
