/**
 * Encryption types and their keys, as Kerberos uses them: RFC 3961, and one class for each RFC that adds a profile to it.
 *
 * <p>Keys live in {@link dev.gssbaton.krb5.crypto.EncryptionKey}. What is encrypted once, as tickets and authenticators
 * are, goes through the key itself. What is encrypted message by message goes through
 * {@link dev.gssbaton.krb5.crypto.MessageCipher} and {@link dev.gssbaton.krb5.crypto.MessageChecksum}, which are bound to
 * one key and one usage: they derive their keys once and look up no algorithm afterwards.
 *
 * <p>AES, HMAC and the hash functions come from the platform, and what it has not, Camellia and CMAC, from Bouncy Castle,
 * whose provider is not installed. Ciphertext stealing is done here over CBC, since the platform's own CTS takes its input
 * as one piece, and a message here is put together from three.
 */
package dev.gssbaton.krb5.crypto;
