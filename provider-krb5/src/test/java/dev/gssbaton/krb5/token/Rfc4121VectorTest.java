package dev.gssbaton.krb5.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.spi.SecretBytes;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Tokens of other implementations. */
class Rfc4121VectorTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final int SND_SEQ_POS = 8;

    @ParameterizedTest
    @CsvFileSource(
            resources = {"/vectors/rfc4121-mit.csv", "/vectors/rfc4121-heimdal.csv"},
            useHeadersInDisplayName = true)
    void rfc4121_4_2_tokens_of_peers_verify(
            int enctype, String key, String sender, String kind, String message, String token) throws GSSException {
        byte[] octets = HEX.parseHex(token);
        long number = ByteBuffer.wrap(octets).getLong(SND_SEQ_POS);
        try (EncryptionKey subkey = key(enctype, key);
                MessageProtection receiver = new MessageProtection(
                        sender.equals("acceptor"), subkey, true, 0, Peers.window(number), Peers.RANDOM)) {
            MessageProp prop = new MessageProp(5, !kind.equals("wrap-conf"));
            if (kind.equals("mic")) {
                byte[] data = HEX.parseHex(message);
                receiver.verifyMIC(octets, 0, octets.length, data, 0, data.length, prop);
            } else {
                assertEquals(message, HEX.formatHex(receiver.unwrap(octets, 0, octets.length, prop)));
            }
            assertEquals(kind.equals("wrap-conf"), prop.getPrivacy());
            assertEquals(0, prop.getQOP());
            assertFalse(prop.isDuplicateToken() || prop.isOldToken() || prop.isUnseqToken() || prop.isGapToken());
            assertEquals(number + 1, receiver.window().next());
        }
    }

    /** MIT sends RRC = 0, as we do. What has no random octets in it must then be the same to the octet. */
    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/rfc4121-mit.csv", useHeadersInDisplayName = true)
    void rfc4121_4_2_tokens_equal_those_of_mit(
            int enctype, String key, String sender, String kind, String message, String token) throws GSSException {
        long number = ByteBuffer.wrap(HEX.parseHex(token)).getLong(SND_SEQ_POS);
        byte[] data = HEX.parseHex(message);
        try (EncryptionKey subkey = key(enctype, key);
                MessageProtection sending = new MessageProtection(
                        sender.equals("initiator"), subkey, true, number, Peers.window(0), Peers.RANDOM)) {
            switch (kind) {
                case "mic" ->
                    assertEquals(token, HEX.formatHex(sending.getMIC(data, 0, data.length, new MessageProp(0, false))));
                case "wrap-integ" ->
                    assertEquals(token, HEX.formatHex(sending.wrap(data, 0, data.length, new MessageProp(0, false))));
                default -> {
                    String ours = HEX.formatHex(sending.wrap(data, 0, data.length, new MessageProp(0, true)));
                    assertEquals(token.substring(0, 32), ours.substring(0, 32));
                    assertEquals(token.length(), ours.length());
                }
            }
        }
    }

    private static EncryptionKey key(int enctype, String hex) {
        return new EncryptionKey(EncryptionType.of(enctype).orElseThrow(), SecretBytes.take(HEX.parseHex(hex)));
    }
}
