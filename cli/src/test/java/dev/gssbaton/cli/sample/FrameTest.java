package dev.gssbaton.cli.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class FrameTest {
    private static final byte[] WRAPPED_MESSAGE = HexFormat.of().parseHex("e4" + "00000003" + "010203");

    @Test
    void aFrameIsFlagsLengthBody() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Frame(Frame.DATA | Frame.WRAPPED | Frame.ENCRYPTED | Frame.SEND_MIC, new byte[] {1, 2, 3})
                .write(Channels.newChannel(out));
        assertArrayEquals(WRAPPED_MESSAGE, out.toByteArray());
        Frame frame = read(WRAPPED_MESSAGE, 3);
        assertEquals(228, frame.flags());
        assertArrayEquals(new byte[] {1, 2, 3}, frame.body());
    }

    @Test
    void theFirstFrameOfGssClientIsEmpty() throws IOException {
        Frame frame = read(HexFormat.of().parseHex("1100000000"), 0);
        assertEquals(Frame.NOOP | Frame.CONTEXT_NEXT, frame.flags());
        assertEquals(0, frame.body().length);
    }

    @Test
    void anEndBeforeAFrameIsTheEnd() throws IOException {
        assertNull(read(new byte[0], 10));
    }

    @Test
    void anEndInsideAFrameIsAnError() {
        for (int length = 1; length < WRAPPED_MESSAGE.length; length++) {
            byte[] cut = Arrays.copyOf(WRAPPED_MESSAGE, length);
            assertThrows(EOFException.class, () -> read(cut, 10), length + " octets");
        }
    }

    @Test
    void aLongFrameIsRefusedBeforeAnythingIsAllocated() {
        for (String length : new String[] {"00000004", "7fffffff", "80000000", "ffffffff"}) {
            byte[] octets = HexFormat.of().parseHex("04" + length);
            assertThrows(ProtocolException.class, () -> read(octets, 3), length);
        }
    }

    @Test
    void nothingBeyondAFrameIsRead() throws IOException {
        byte[] two = new byte[2 * WRAPPED_MESSAGE.length];
        System.arraycopy(WRAPPED_MESSAGE, 0, two, 0, WRAPPED_MESSAGE.length);
        System.arraycopy(WRAPPED_MESSAGE, 0, two, WRAPPED_MESSAGE.length, WRAPPED_MESSAGE.length);
        ByteArrayInputStream in = new ByteArrayInputStream(two);
        Frame.read(Channels.newChannel(in), 10);
        assertEquals(WRAPPED_MESSAGE.length, in.available());
    }

    private static Frame read(byte[] octets, int max) throws IOException {
        return Frame.read(Channels.newChannel(new ByteArrayInputStream(octets)), max);
    }
}
