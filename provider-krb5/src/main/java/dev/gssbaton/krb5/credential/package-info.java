/**
 * Kerberos credentials: from a keytab, from the current {@link javax.security.auth.Subject}, or from a credential of the
 * platform.
 *
 * <p>The JDK logs in and talks to the KDC. Its own credentials give out no key, so contexts are established with
 * {@link dev.gssbaton.krb5.credential.Krb5Credential}; and keytabs are read here, since the JDK's {@code KeyTab} leaves out
 * encryption types.
 */
package dev.gssbaton.krb5.credential;
