/**
 * Per-message tokens of <a href="https://www.rfc-editor.org/rfc/rfc4121#section-4.2">RFC 4121 section 4.2</a>, and for
 * rc4-hmac, named legacy, those of RFC 1964 and RFC 4757.
 *
 * <p>{@link dev.gssbaton.krb5.token.MessageProtection} is what a context holds. It is made of a sender and a receiver that
 * share nothing which changes, so that one thread may send while another receives. Each derives its keys with its first
 * message, since a server may hold many contexts that are idle.
 */
package dev.gssbaton.krb5.token;
