package dev.gssbaton.krb5.credential;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.ticket.PlatformTickets;
import dev.gssbaton.spi.SecretBytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.security.auth.DestroyFailedException;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosKey;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KeyTab;

/**
 * The keys of a Subject: its {@link KerberosKey}s and what its {@link KeyTab}s give. They are asked anew for each ticket;
 * the JDK reads the file again when it has changed, and leaves out encryption types that it does not know or that
 * krb5.conf forbids.
 */
final class SubjectKeys implements KeySupply {
    private static final int ALL_BITS = ~0;

    private final Subject subject;

    SubjectKeys(Subject subject) {
        this.subject = subject;
    }

    @Override
    public KeyRing keys(Principal service) {
        List<LongTermKey> keys = new ArrayList<>();
        boolean done = false;
        try {
            for (KerberosKey key : subject.getPrivateCredentials(KerberosKey.class)) {
                add(key, keys);
            }
            for (KeyTab keytab : subject.getPrivateCredentials(KeyTab.class)) {
                for (KerberosPrincipal principal : principals(keytab)) {
                    addAll(keytab.getKeys(principal), keys);
                }
                if (!keytab.isBound() && service != null) {
                    addAll(keysOf(service, keytab), keys);
                }
            }
            done = true;
            return new KeyRing(keys);
        } finally {
            if (!done) {
                keys.forEach(LongTermKey::close);
            }
        }
    }

    @Override
    public String describe() {
        StringBuilder places = new StringBuilder("Subject");
        for (KeyTab keytab : subject.getPrivateCredentials(KeyTab.class)) {
            places.append(keytab.exists() ? " with keytab " : " with the missing keytab ")
                    .append(keytab);
        }
        return places.toString();
    }

    /** Keeps nothing: the keys are the Subject's. */
    @Override
    public void close() {}

    /** Tells whether there is anything to accept with. */
    boolean isEmpty() {
        return subject.getPrivateCredentials(KerberosKey.class).isEmpty()
                && subject.getPrivateCredentials(KeyTab.class).isEmpty();
    }

    /** Lists the names to ask a keytab for: it lists none itself. */
    private Set<KerberosPrincipal> principals(KeyTab keytab) {
        return keytab.getPrincipal() != null
                ? Set.of(keytab.getPrincipal())
                : subject.getPrincipals(KerberosPrincipal.class);
    }

    /** Gives the keys of a service that a peer named: it may have written there what is no name to the platform. */
    private static KerberosKey[] keysOf(Principal service, KeyTab keytab) {
        try {
            // Of type NT_PRINCIPAL whatever the peer says: for a host's name the JDK would ask the DNS.
            return keytab.getKeys(new KerberosPrincipal(service.toString(), KerberosPrincipal.KRB_NT_PRINCIPAL));
        } catch (IllegalArgumentException e) {
            return new KerberosKey[0];
        }
    }

    private static void addAll(KerberosKey[] found, List<LongTermKey> keys) {
        for (KerberosKey key : found) {
            add(key, keys);
            destroy(key);
        }
    }

    private static void add(KerberosKey key, List<LongTermKey> keys) {
        byte[] octets;
        try {
            octets = key.getEncoded();
        } catch (IllegalStateException e) {
            return; // destroyed: the Subject has logged out
        }
        SecretBytes secret = SecretBytes.take(octets);
        EncryptionType type = EncryptionType.of(key.getKeyType())
                .filter(known -> known.keySize() == secret.length())
                .orElse(null);
        if (type == null) {
            secret.close();
        }
        keys.add(new LongTermKey(
                PlatformTickets.principal(key.getPrincipal()),
                key.getKeyType(),
                key.getVersionNumber(),
                ALL_BITS,
                Instant.EPOCH,
                type == null ? null : new EncryptionKey(type, secret)));
    }

    private static void destroy(KerberosKey key) {
        try {
            key.destroy();
        } catch (DestroyFailedException e) {
            throw new IllegalStateException("a KerberosKey can be destroyed", e);
        }
    }
}
