/**
 * The messages of <a href="https://www.rfc-editor.org/rfc/rfc4120">RFC 4120</a> that a security context is made of, and
 * what <a href="https://www.rfc-editor.org/rfc/rfc4121#section-4.1">RFC 4121 section 4.1</a> puts around and into them.
 *
 * <p>A decoder returns a valid value or throws {@link dev.gssbaton.krb5.message.MalformedMessageException}. It takes DER
 * alone: each value has one encoding, so that what was read encodes to the same octets again. Each decoder follows its
 * ASN.1 type field by field, therefore nothing is recursive but the view into {@code AD-IF-RELEVANT}, which has a bound.
 *
 * <p>Reading and writing are our own, not Bouncy Castle's: its reader accepts BER, builds a tree of objects whose size is
 * many times the input, and leaves copies of each key that stands in a message, which nobody can erase. Here a key goes
 * from the plaintext straight into its holder, and a buffer that held one is zeroed. The tests read every encoding with
 * Bouncy Castle too and compare.
 *
 * <p>Values without secrets are records. Types with a key are final classes that must be closed.
 */
package dev.gssbaton.krb5.message;
