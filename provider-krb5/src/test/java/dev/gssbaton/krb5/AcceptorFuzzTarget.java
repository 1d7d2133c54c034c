package dev.gssbaton.krb5;

import dev.gssbaton.krb5.credential.Krb5Credential;
import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.MechanismContext;
import org.ietf.jgss.GSSException;

/** Gives an acceptor anything as its first token. Its key and its clock are those of {@link TestRealm#fixed}. */
public final class AcceptorFuzzTarget {
    private static final TestRealm REALM = TestRealm.fixed();
    private static final Krb5Credential CREDENTIAL = credential();

    private AcceptorFuzzTarget() {}

    /** Called by a fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        accepts(input);
    }

    /** Tells whether the token was accepted, and throws if anything else than a proper refusal came of it. */
    static boolean accepts(byte[] input) {
        MechanismContext acceptor = acceptor();
        try {
            acceptor.step(input, 0, input.length);
        } catch (GSSException e) {
            if (acceptor.isEstablished()) {
                throw new AssertionError("established and refused", e);
            }
            return false;
        } finally {
            acceptor.erase();
        }
        return true;
    }

    /** Makes an acceptor that remembers no other request. */
    static MechanismContext acceptor() {
        try {
            return REALM.mechanism.acceptor(new AcceptorRequest(CREDENTIAL, null), REALM.forgetfulEnvironment());
        } catch (GSSException e) {
            throw new AssertionError("an acceptor can be made", e);
        }
    }

    private static Krb5Credential credential() {
        try {
            return REALM.acceptorCredential();
        } catch (GSSException e) {
            throw new AssertionError("the realm has a key", e);
        }
    }
}
