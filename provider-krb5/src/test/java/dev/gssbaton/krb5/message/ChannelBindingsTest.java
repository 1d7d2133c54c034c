package dev.gssbaton.krb5.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.ietf.jgss.ChannelBinding;
import org.junit.jupiter.api.Test;

class ChannelBindingsTest {
    @Test
    void rfc4121_4_1_1_2_no_bindings_are_zero() {
        assertEquals(Octets.of(new byte[16]), ChannelBindings.hash(null));
        assertTrue(ChannelBindings.isNone(ChannelBindings.hash(null)));
        assertFalse(ChannelBindings.isNone(ChannelBindings.hash(new ChannelBinding(null))));
    }

    @Test
    void rfc4121_4_1_1_2_numbers_are_little_endian_and_absent_addresses_of_type_255() throws Exception {
        assertEquals(
                md5("ff000000 00000000 ff000000 00000000 03000000 616263"),
                ChannelBindings.hash(new ChannelBinding("abc".getBytes(StandardCharsets.US_ASCII))));
        assertEquals(
                md5("ff000000 00000000 ff000000 00000000 00000000"), ChannelBindings.hash(new ChannelBinding(null)));
    }

    @Test
    void rfc4121_4_1_1_2_addresses_have_the_type_of_their_family() throws Exception {
        InetAddress v4 = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        byte[] loopback = new byte[16];
        loopback[15] = 1;
        InetAddress v6 = InetAddress.getByAddress(loopback);
        assertEquals(
                md5("02000000 04000000 7f000001"
                        + " 18000000 10000000 00000000000000000000000000000001"
                        + " 01000000 78"),
                ChannelBindings.hash(new ChannelBinding(v4, v6, new byte[] {'x'})));
        assertEquals(
                md5("ff000000 00000000 02000000 04000000 7f000001 00000000"),
                ChannelBindings.hash(new ChannelBinding(null, v4, null)));
    }

    @Test
    void tls_bindings_have_type_0_for_absent_addresses() throws Exception {
        byte[] binding = "tls-server-end-point:\u0001\u0002".getBytes(StandardCharsets.ISO_8859_1);
        String length = "17000000";
        String hex = HexFormat.of().formatHex(binding);
        assertEquals(
                md5("00000000 00000000 00000000 00000000 " + length + hex),
                ChannelBindings.hash(new ChannelBinding(binding)));
    }

    @Test
    void an_acceptor_takes_either_type_of_absent_addresses() throws Exception {
        for (String text : new String[] {"tls-unique:abc", "anything"}) {
            byte[] data = text.getBytes(StandardCharsets.US_ASCII);
            ChannelBinding ours = new ChannelBinding(data);
            String rest = HexFormat.of().toHexDigits((byte) data.length) + "000000"
                    + HexFormat.of().formatHex(data);
            assertTrue(ChannelBindings.matches(ours, md5("ff000000 00000000 ff000000 00000000" + rest)));
            assertTrue(ChannelBindings.matches(ours, md5("00000000 00000000 00000000 00000000" + rest)));
            assertFalse(ChannelBindings.matches(ours, md5("00000000 00000000 ff000000 00000000" + rest)));
            assertFalse(ChannelBindings.matches(ours, Octets.of(new byte[16])));
        }
    }

    private static Octets md5(String hex) throws Exception {
        byte[] octets = HexFormat.of().parseHex(hex.replace(" ", ""));
        return Octets.of(MessageDigest.getInstance("MD5").digest(octets));
    }
}
