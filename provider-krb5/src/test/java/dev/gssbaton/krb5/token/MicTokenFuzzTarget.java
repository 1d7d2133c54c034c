package dev.gssbaton.krb5.token;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/** Verifies anything as the MIC of a message that is known here. The input is as {@link WrapTokenFuzzTarget}'s. */
public final class MicTokenFuzzTarget {
    private MicTokenFuzzTarget() {}

    /** Called by a fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        accepts(input);
    }

    /** Tells whether the token was accepted, and throws if anything else than a proper refusal came of it. */
    static boolean accepts(byte[] input) {
        if (input.length == 0) {
            return false;
        }
        byte[] message = Peers.message(20);
        try (EncryptionKey key = WrapTokenFuzzTarget.key(input[0]);
                MessageProtection receiver = WrapTokenFuzzTarget.receiver(input[0], key)) {
            try {
                receiver.verifyMIC(input, 1, input.length - 1, message, 0, message.length, new MessageProp(false));
                return true;
            } catch (GSSException e) {
                WrapTokenFuzzTarget.checkRefusal(e, key, receiver);
                return false;
            }
        }
    }
}
