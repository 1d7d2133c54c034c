package dev.gssbaton.cli.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.TransferFault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.HexFormat;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

final class ReplyTest {
    @Test
    void aReplyIsReadAsItWasWritten() throws IOException {
        for (Reply reply : new Reply[] {Reply.yes(), Reply.no(TransferFault.ALREADY_TAKEN.exception("ä\nb"))}) {
            assertEquals(reply, read(written(reply)));
        }
    }

    @Test
    void aRefusalWithoutTextIsReplied() throws IOException {
        GSSException refusal = new GSSException(GSSException.FAILURE);
        assertEquals(refusal.getMajorString(), read(written(Reply.no(refusal))).text());
    }

    @Test
    void aLongTextIsCut() throws IOException {
        Reply read = read(written(Reply.no(TransferFault.SEAL_BROKEN.exception("x".repeat(100_000)))));
        assertEquals(4096, read.text().length());
        assertTrue(read.text().startsWith(TransferFault.SEAL_BROKEN.text()));
    }

    @Test
    void everyTruncationIsAnError() throws IOException {
        byte[] whole = written(Reply.no(TransferFault.ALREADY_TAKEN.exception()));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThrows(IOException.class, () -> read(cut), length + " octets");
        }
    }

    @Test
    void whatNoWorkerSaysIsAnError() {
        for (String hex : new String[] {"02" + "00".repeat(10), "ff" + "00".repeat(10), "00".repeat(9) + "ffff"}) {
            assertThrows(IOException.class, () -> read(HexFormat.of().parseHex(hex)), hex);
        }
    }

    @Test
    void anOfferIsReadAsItWasWrittenAndNeverLongerThanAToken() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TokenOffer.write(new byte[] {1, 2, 3}, Channels.newChannel(out));
        assertArrayEquals(HexFormat.of().parseHex("00000003" + "010203"), out.toByteArray());
        assertArrayEquals(
                new byte[] {1, 2, 3},
                TokenOffer.read(Channels.newChannel(new ByteArrayInputStream(out.toByteArray()))));
        for (String length : new String[] {"00200000", "7fffffff", "ffffffff"}) {
            assertThrows(
                    IOException.class,
                    () -> TokenOffer.read(Channels.newChannel(
                            new ByteArrayInputStream(HexFormat.of().parseHex(length)))));
        }
    }

    private static byte[] written(Reply reply) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        reply.write(Channels.newChannel(out));
        return out.toByteArray();
    }

    private static Reply read(byte[] octets) throws IOException {
        return Reply.read(Channels.newChannel(new ByteArrayInputStream(octets)));
    }
}
