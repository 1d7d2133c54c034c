package dev.gssbaton.krb5.message;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import org.ietf.jgss.ChannelBinding;

/**
 * The hash of channel bindings
 * (<a href="https://www.rfc-editor.org/rfc/rfc4121#section-4.1.1.2">RFC 4121 section 4.1.1.2</a>): MD5 over, in
 * little-endian order, the type, length and octets of both addresses and the length and octets of the application data.
 *
 * <p>JGSS has addresses without a type, so the type follows from the address, as in the JDK: 2 for IPv4, 24 for IPv6, and
 * for none 255 ({@code GSS_C_AF_NULLADDR}), but 0 ({@code GSS_C_AF_UNSPEC}) for
 * bindings to TLS (<a href="https://www.rfc-editor.org/rfc/rfc5929">RFC 5929</a>,
 * <a href="https://www.rfc-editor.org/rfc/rfc9266">RFC 9266</a>), where the C libraries' callers leave the type 0. What
 * begins with the registered prefix of a TLS binding is one. An acceptor takes either number for an absent address: they
 * bind to the same data, and a JDK initiator sends 255 for TLS too unless it is the JDK's own LDAP.
 */
public final class ChannelBindings {
    private static final int AF_UNSPEC = 0;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 24;
    private static final int AF_NULLADDR = 255;

    private static final List<String> TLS_PREFIXES = List.of("tls-unique:", "tls-server-end-point:", "tls-exporter:");

    private static final int HASH_SIZE = 16;
    private static final byte[] NONE = new byte[HASH_SIZE];

    private ChannelBindings() {}

    /**
     * Computes what an initiator sends.
     *
     * @param bindings the bindings; null for none
     * @return 16 octets, zero for none
     */
    public static Octets hash(ChannelBinding bindings) {
        if (bindings == null) {
            return Octets.of(NONE);
        }
        return Octets.of(hash(bindings, isTls(bindings.getApplicationData()) ? AF_UNSPEC : AF_NULLADDR));
    }

    /**
     * Tells whether an initiator sent no bindings.
     *
     * @param hash 16 octets
     * @return true if they are all zero
     */
    public static boolean isNone(Octets hash) {
        return MessageDigest.isEqual(hash.array(), NONE);
    }

    /**
     * Compares, in constant time, what an initiator sent with an acceptor's own bindings.
     *
     * @param bindings the acceptor's bindings, not null
     * @param hash 16 octets
     * @return true if they are of the same bindings
     */
    public static boolean matches(ChannelBinding bindings, Octets hash) {
        boolean asNull = MessageDigest.isEqual(hash(bindings, AF_NULLADDR), hash.array());
        boolean asUnspecified = MessageDigest.isEqual(hash(bindings, AF_UNSPEC), hash.array());
        return asNull || asUnspecified;
    }

    private static byte[] hash(ChannelBinding bindings, int absentType) {
        byte[] initiator = octets(bindings.getInitiatorAddress());
        byte[] acceptor = octets(bindings.getAcceptorAddress());
        byte[] application = bindings.getApplicationData() == null ? new byte[0] : bindings.getApplicationData();
        ByteBuffer numbers = ByteBuffer.allocate(2 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        MessageDigest md5 = md5();
        numbers.putInt(type(bindings.getInitiatorAddress(), absentType)).putInt(initiator.length);
        md5.update(numbers.flip());
        md5.update(initiator);
        numbers.clear().putInt(type(bindings.getAcceptorAddress(), absentType)).putInt(acceptor.length);
        md5.update(numbers.flip());
        md5.update(acceptor);
        numbers.clear().putInt(application.length);
        md5.update(numbers.flip());
        return md5.digest(application);
    }

    private static byte[] octets(InetAddress address) {
        return address == null ? new byte[0] : address.getAddress();
    }

    private static int type(InetAddress address, int absentType) {
        if (address instanceof Inet4Address) {
            return AF_INET;
        }
        return address instanceof Inet6Address ? AF_INET6 : absentType;
    }

    private static boolean isTls(byte[] application) {
        return application != null
                && TLS_PREFIXES.stream()
                        .map(prefix -> prefix.getBytes(StandardCharsets.US_ASCII))
                        .anyMatch(prefix -> application.length >= prefix.length
                                && Arrays.equals(application, 0, prefix.length, prefix, 0, prefix.length));
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("RFC 4121 needs MD5", e);
        }
    }
}
