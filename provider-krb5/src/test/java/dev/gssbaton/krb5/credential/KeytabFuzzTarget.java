package dev.gssbaton.krb5.credential;

import dev.gssbaton.krb5.message.Principal;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;

/**
 * Reads any octets as a keytab: it is one, each of whose principals has a text and whose keys have their type's length, or
 * it is refused with an IOException that says where.
 */
public final class KeytabFuzzTarget {
    private KeytabFuzzTarget() {}

    /** Takes one input. */
    public static void fuzzerTestOneInput(byte[] input) {
        byte[] before = input.clone();
        try {
            for (LongTermKey key : KeytabFormat.decode(input, Instant.EPOCH)) {
                Principal principal = key.principal();
                if (principal.name().nameString().isEmpty()) {
                    throw new AssertionError("a principal without a name");
                }
                if (key.key() != null
                        && key.key().secret().length() != key.key().type().keySize()) {
                    throw new AssertionError("a key of another length");
                }
                key.close();
            }
        } catch (IOException e) {
            if (e.getMessage() == null || e.getMessage().isBlank()) {
                throw new AssertionError("refused without a word", e);
            }
        }
        if (!Arrays.equals(input, before)) {
            throw new AssertionError("the file's octets were changed");
        }
    }
}
