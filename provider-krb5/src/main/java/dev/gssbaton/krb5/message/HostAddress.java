package dev.gssbaton.krb5.message;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A network address (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.2.5">RFC 4120 section 5.2.5</a>).
 *
 * @param type the number of its type, {@code addr-type}
 * @param address its octets, in network order
 */
public record HostAddress(int type, Octets address) {
    /** An IPv4 address of four octets. */
    public static final int IPV4 = 2;
    /** An IPv6 address of sixteen octets. */
    public static final int IPV6 = 24;

    /**
     * Makes a host address of an Internet address.
     *
     * @param address the Internet address
     * @return the host address
     */
    public static HostAddress of(InetAddress address) {
        return new HostAddress(address instanceof Inet4Address ? IPV4 : IPV6, Octets.of(address.getAddress()));
    }

    void encode(DerWriter out) {
        int sequence = out.begin(DerReader.SEQUENCE);
        out.integer(0, type);
        out.octets(1, address);
        out.end(sequence);
    }

    static HostAddress decode(DerReader in, String field) throws MalformedMessageException {
        int sequence = in.open(DerReader.SEQUENCE, field);
        int type = in.int32(0, "addr-type");
        Octets address = in.octets(1, "address");
        in.close(sequence, field);
        return new HostAddress(type, address);
    }

    /** Writes a list, or leaves it out if it is null. Heimdal writes empty ones. */
    static void encodeAll(List<HostAddress> addresses, DerWriter out, int tagNumber) {
        if (addresses != null) {
            int outer = out.begin(DerReader.CONTEXT | tagNumber);
            int list = out.begin(DerReader.SEQUENCE);
            addresses.forEach(address -> address.encode(out));
            out.end(list);
            out.end(outer);
        }
    }

    /** Reads a list; null if there is none. */
    static List<HostAddress> decodeAll(DerReader in, int tagNumber, String field) throws MalformedMessageException {
        if (!in.at(DerReader.CONTEXT | tagNumber)) {
            return null;
        }
        List<HostAddress> addresses = new ArrayList<>();
        int outer = in.open(DerReader.CONTEXT | tagNumber, field);
        int list = in.open(DerReader.SEQUENCE, field);
        while (in.more()) {
            addresses.add(decode(in, field));
        }
        in.close(list, field);
        in.close(outer, field);
        return List.copyOf(addresses);
    }
}
