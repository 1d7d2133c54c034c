package dev.gssbaton.krb5.token;

/**
 * The bits of the Flags octet (<a href="https://www.rfc-editor.org/rfc/rfc4121#section-4.2.2">RFC 4121 section 4.2.2</a>).
 * The meaning of unknown ones is ignored; like the rest of the header they are authenticated.
 */
final class TokenFlags {
    static final int SENT_BY_ACCEPTOR = 0x01;
    static final int SEALED = 0x02;
    static final int ACCEPTOR_SUBKEY = 0x04;

    private TokenFlags() {}
}
