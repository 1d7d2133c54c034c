package dev.gssbaton.peers;

import java.nio.file.Path;

/**
 * A private KDC of this test JVM, listening on a free TCP port of 127.0.0.1 and ended with the JVM.
 *
 * <p>A running KDC's realm is in the JVM-wide {@code krb5.conf} (the system property {@code java.security.krb5.conf}),
 * beside the realms of the other KDCs that run, so that the JDK's own Kerberos finds all of them. Child processes get
 * {@link #krb5Conf()}, which knows this realm alone.
 *
 * <p>Names of principals are given without the realm. Safe for use by several threads.
 */
public sealed interface Kdc extends AutoCloseable permits EmbeddedKdc, MitKdc {

    /** Returns this KDC's realm; no two KDCs of a JVM have the same. */
    String realm();

    /** Returns the TCP port on 127.0.0.1. */
    int port();

    /** Returns a krb5.conf that names this realm alone, for child processes. */
    Path krb5Conf();

    /**
     * Returns the account of that name; it is created with random keys when the name is asked for first.
     *
     * @param name the principal without its realm, for example {@code alice} or {@code host/localhost}
     * @param enctypes the encryption types of its keys, and so of the session keys of tickets for it; none means all
     *     that this KDC serves
     * @throws IllegalArgumentException if this KDC cannot serve the enctypes, or the name exists with other enctypes
     */
    Account account(String name, Enctype... enctypes);

    /** Creates a principal whose keys are made from a password. */
    void addPrincipal(String name, String password);

    /**
     * Gives the account new keys under the next key version number, as a rotation does.
     *
     * @return the account with a keytab that holds the old keys and the new ones; the old keytab is left as it was
     */
    Account renewKeys(Account account);

    /** Returns a new keytab with the keys of several accounts, in that order. */
    Path keytab(Account... accounts);

    /** Stops the KDC, takes its realm out of the JVM-wide configuration and deletes its files; harmless when repeated. */
    @Override
    void close();
}
