/**
 * Encryption types and their keys, as Kerberos uses them: RFC 3961, and one class for each RFC that adds a profile to it.
 *
 * <p>Keys live in {@link dev.gssbaton.krb5.crypto.EncryptionKey}. What is encrypted once, as tickets and authenticators
 * are, goes through the key itself. What is encrypted message by message goes through
 * {@link dev.gssbaton.krb5.crypto.MessageCipher} and {@link dev.gssbaton.krb5.crypto.MessageChecksum}, which are bound to
 * one key and one usage: they derive their keys once and look up no algorithm afterwards. Those of rc4-hmac, which has other
 * tokens, go through {@link dev.gssbaton.krb5.crypto.Rc4MessageKeys}.
 *
 * <p>AES and the hash functions come from the platform, and what it has not, Camellia, CMAC and RC4, from Bouncy Castle,
 * whose provider is not installed. Ciphertext stealing is done here over CBC, and HMAC over the hash: the platform's own
 * allocate at every message, and its CTS takes its input as one piece, where a message here is put together from three.
 * Short messages are put together in an array that is kept, so that one call encrypts and one authenticates them.
 */
package dev.gssbaton.krb5.crypto;
