package dev.gssbaton.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SecretCredentialTest {
    private static final Oid MECHANISM = Mechanism.oid("1.3.6.1.4.1.32473.1");
    private static final Oid OTHER = Mechanism.oid("1.3.6.1.4.1.32473.2");
    private static final TextName ALICE = new TextName(MECHANISM, "alice");

    private final SecretBytes secret = SecretBytes.take(new byte[] {'s', 'e', 'c', 'r', 'e', 't'});
    private final SecretCredential credential = new SecretCredential(ALICE, secret);

    @Test
    void the_secret_is_its_own() throws GSSException {
        secret.close();
        try (SecretBytes copy = credential.copySecret(6)) {
            assertArrayEquals("secret".getBytes(StandardCharsets.UTF_8), copy.lend(byte[]::clone));
            credential.dispose();
            assertFalse(copy.isDestroyed());
        }
    }

    @Test
    void a_secret_that_is_short_or_erased_is_no_credential() {
        assertRefused(GSSException.NO_CRED, () -> credential.copySecret(7));
        credential.dispose();
        credential.dispose();
        assertRefused(GSSException.NO_CRED, () -> credential.copySecret(6));
    }

    @Test
    void a_credential_is_of_one_mechanism() throws GSSException {
        assertSame(credential, SecretCredential.of(MECHANISM, credential));
        assertRefused(GSSException.NO_CRED, () -> SecretCredential.of(OTHER, credential));
        assertRefused(GSSException.NO_CRED, () -> SecretCredential.of(MECHANISM, null));
        assertArrayEquals(new Oid[] {MECHANISM}, credential.getMechs());
        assertEquals(ALICE, credential.getName());
        assertEquals(ALICE, credential.getName(MECHANISM));
        assertEquals(GSSCredential.INITIATE_AND_ACCEPT, credential.getUsage());
        assertEquals(GSSCredential.INITIATE_AND_ACCEPT, credential.getUsage(MECHANISM));
        assertEquals(GSSCredential.INDEFINITE_LIFETIME, credential.getRemainingLifetime());
        assertEquals(GSSCredential.INDEFINITE_LIFETIME, credential.getRemainingInitLifetime(MECHANISM));
        assertEquals(GSSCredential.INDEFINITE_LIFETIME, credential.getRemainingAcceptLifetime(MECHANISM));
        List<Executable> calls = List.of(
                () -> credential.getName(OTHER),
                () -> credential.getUsage(OTHER),
                () -> credential.getRemainingInitLifetime(OTHER),
                () -> credential.getRemainingAcceptLifetime(OTHER));
        for (Executable call : calls) {
            assertRefused(GSSException.BAD_MECH, call);
        }
        assertRefused(
                GSSException.UNAVAILABLE,
                () -> credential.add(ALICE, 0, 0, MECHANISM, GSSCredential.INITIATE_AND_ACCEPT));
    }

    @Test
    void its_text_names_whose_it_is_and_no_secret() {
        assertEquals("SecretCredential[alice]", credential.toString());
    }

    private static void assertRefused(int major, Executable call) {
        GSSException refusal = assertThrows(GSSException.class, call);
        assertEquals(major, refusal.getMajor(), refusal::toString);
        assertTrue(refusal.getMessage().contains(refusal.getMinorString()), "a refusal shows its text");
    }
}
