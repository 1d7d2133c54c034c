package dev.gssbaton.krb5.credential;

import java.util.Arrays;

/**
 * One element of authorization data
 * (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.2.6">RFC 4120 section 5.2.6</a>), as it came.
 */
public final class AuthorizationElement {
    private final int type;
    private final byte[] data;

    /**
     * Makes an element.
     *
     * @param type its type, {@code ad-type}
     * @param data its octets, {@code ad-data}, copied
     */
    public AuthorizationElement(int type, byte[] data) {
        this.type = type;
        this.data = data.clone();
    }

    /**
     * Gives the type.
     *
     * @return {@code ad-type}
     */
    public int type() {
        return type;
    }

    /**
     * Gives the octets.
     *
     * @return a copy, the caller's
     */
    public byte[] data() {
        return data.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AuthorizationElement that && type == that.type && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return 31 * type + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "AuthorizationElement[type=" + type + ", " + data.length + " octets]";
    }
}
