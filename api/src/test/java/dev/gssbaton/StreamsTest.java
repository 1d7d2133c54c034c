package dev.gssbaton;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The deprecated stream variants: a framed token is read by its own length, and no octet further. */
@SuppressWarnings("deprecation")
class StreamsTest {
    private static final byte[] BEHIND = {0x60, 1, 2, 3};

    private final BatonManager manager =
            BatonManager.builder().keys(new ToyKeys()).claims(new ToyClaims()).build();

    private static ByteArrayInputStream stream(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return new ByteArrayInputStream(all.toByteArray());
    }

    private static byte[] framed(int tag, byte[] length, int octets) {
        ByteArrayOutputStream token = new ByteArrayOutputStream();
        token.write(tag);
        token.writeBytes(length);
        token.writeBytes(new byte[octets]);
        return token.toByteArray();
    }

    @Test
    void aContextIsEstablishedOverStreamsThatHoldMore() throws Exception {
        GSSContext initiator = manager.createContext(ToyMechanism.named("acceptor"), null, null, 0);
        GSSContext acceptor = manager.createContext((GSSCredential) null);

        ByteArrayOutputStream hello = new ByteArrayOutputStream();
        int written = initiator.initSecContext(InputStream.nullInputStream(), hello);
        assertEquals(hello.size(), written);

        InputStream atAcceptor = stream(hello.toByteArray(), BEHIND);
        ByteArrayOutputStream welcome = new ByteArrayOutputStream();
        acceptor.acceptSecContext(atAcceptor, welcome);
        assertTrue(acceptor.isEstablished());
        assertArrayEquals(BEHIND, atAcceptor.readAllBytes());

        InputStream atInitiator = stream(welcome.toByteArray(), BEHIND);
        assertEquals(0, initiator.initSecContext(atInitiator, OutputStream.nullOutputStream()));
        assertTrue(initiator.isEstablished());
        assertArrayEquals(BEHIND, atInitiator.readAllBytes());
    }

    @Test
    void theInitiatorsFirstStepReadsNothing() throws Exception {
        GSSContext initiator = manager.createContext(ToyMechanism.named("acceptor"), null, null, 0);
        InputStream in = stream(BEHIND);
        initiator.initSecContext(in, new ByteArrayOutputStream());
        assertArrayEquals(BEHIND, in.readAllBytes());
    }

    @Test
    void messagesAreReadToTheEndOfTheirStream() throws Exception {
        ToyPair pair = ToyPair.establish(manager);
        byte[] message = {1, 2, 3, 4};
        ByteArrayOutputStream token = new ByteArrayOutputStream();
        pair.initiator().wrap(stream(message), token, new MessageProp(false));
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        pair.acceptor().unwrap(stream(token.toByteArray()), read, new MessageProp(false));
        assertArrayEquals(message, read.toByteArray());

        ByteArrayOutputStream mic = new ByteArrayOutputStream();
        pair.acceptor().getMIC(stream(message), mic, new MessageProp(0, false));
        pair.initiator().verifyMIC(stream(mic.toByteArray()), stream(message), new MessageProp(0, false));
        GSSException changed = assertThrows(GSSException.class, () -> pair.initiator()
                .verifyMIC(stream(mic.toByteArray()), stream(new byte[4]), new MessageProp(0, false)));
        assertEquals(GSSException.BAD_MIC, changed.getMajor());
    }

    @Test
    void aDeadContextLeavesItsStreamsAlone() throws Exception {
        ToyPair pair = ToyPair.establish(manager);
        pair.initiator().dispose();
        InputStream in = stream(BEHIND);
        OutputStream out = OutputStream.nullOutputStream();
        GSSContext dead = pair.initiator();
        MessageProp prop = new MessageProp(false);
        assertNoContext(() -> dead.initSecContext(in, out));
        assertNoContext(() -> dead.acceptSecContext(in, out));
        assertNoContext(() -> dead.wrap(in, out, prop));
        assertNoContext(() -> dead.unwrap(in, out, prop));
        assertNoContext(() -> dead.getMIC(in, out, prop));
        assertNoContext(() -> dead.verifyMIC(in, in, prop));
        assertArrayEquals(BEHIND, in.readAllBytes());
    }

    private static void assertNoContext(Executable call) {
        assertEquals(
                GSSException.NO_CONTEXT, assertThrows(GSSException.class, call).getMajor());
    }

    @Test
    void everyFormOfALengthIsRead() throws Exception {
        int[] sizes = {0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x10000, 1 << 20};
        for (int size : sizes) {
            byte[] length = size < 0x80
                    ? new byte[] {(byte) size}
                    : new byte[] {(byte) 0x83, (byte) (size >>> 16), (byte) (size >>> 8), (byte) size};
            byte[] token = framed(0x60, length, size);
            InputStream in = stream(token, BEHIND);
            assertArrayEquals(token, Streams.readToken(in));
            assertArrayEquals(BEHIND, in.readAllBytes());
        }
    }

    @Test
    void aTokenWithoutAFrameIsReadToTheEnd() throws Exception {
        byte[] token = {5, 4, 3};
        assertArrayEquals(token, Streams.readToken(stream(token)));
        byte[] longest = framed(5, new byte[0], (1 << 20) - 1);
        assertArrayEquals(longest, Streams.readToken(stream(longest)));
    }

    @Test
    void aTokenWithoutAFrameAndWithoutAnEndIsRefused() {
        InputStream endless = new InputStream() {
            private int given;

            @Override
            public int read() throws IOException {
                if (++given > 2 << 20) {
                    throw new IOException("nobody stops reading");
                }
                return 5;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                for (int i = 0; i < length; i++) {
                    into[offset + i] = (byte) read();
                }
                return length;
            }
        };
        GSSException failure = assertThrows(GSSException.class, () -> Streams.readToken(endless));
        assertEquals(GSSException.DEFECTIVE_TOKEN, failure.getMajor());
    }

    @Test
    void aMalformedLengthIsADefectiveTokenAndAllocatesNothingLarge() {
        byte[][] malformed = {
            framed(0x60, new byte[] {(byte) 0x80}, 4),
            framed(0x60, new byte[] {(byte) 0x83, 0x10, 0, 1}, 4),
            framed(0x60, new byte[] {(byte) 0x84, 0x7F, -1, -1, -1}, 4),
            framed(0x60, new byte[] {(byte) 0x84, -1, -1, -1, -1}, 4),
            framed(0x60, new byte[] {(byte) 0x85, 1, 0, 0, 0, 0}, 4),
            framed(0x60, new byte[] {(byte) 0xFF}, 200),
        };
        for (byte[] token : malformed) {
            GSSException failure = assertThrows(GSSException.class, () -> Streams.readToken(stream(token)));
            assertEquals(GSSException.DEFECTIVE_TOKEN, failure.getMajor());
        }
    }

    @Test
    void everyTruncationIsADefectiveToken() throws Exception {
        byte[] token = framed(0x60, new byte[] {(byte) 0x81, (byte) 0x80}, 0x80);
        for (int length = 0; length < token.length; length++) {
            InputStream in = new ByteArrayInputStream(token, 0, length);
            GSSException failure = assertThrows(GSSException.class, () -> Streams.readToken(in), "of " + length);
            assertEquals(GSSException.DEFECTIVE_TOKEN, failure.getMajor());
        }
        assertArrayEquals(token, Streams.readToken(stream(token)));
    }

    @Test
    void aStreamThatFailsIsAFailureWithItsCause() throws Exception {
        // A stream that is closed answers every reading so.
        InputStream in = InputStream.nullInputStream();
        in.close();
        for (boolean framed : new boolean[] {true, false}) {
            GSSException failure = assertThrows(GSSException.class, () -> {
                if (framed) {
                    Streams.readToken(in);
                } else {
                    Streams.readAll(in);
                }
            });
            assertEquals(GSSException.FAILURE, failure.getMajor());
            assertInstanceOf(IOException.class, failure.getCause());
        }
        OutputStream out = OutputStream.nullOutputStream();
        out.close();
        GSSException failure = assertThrows(GSSException.class, () -> Streams.write(out, new byte[1]));
        assertEquals(GSSException.FAILURE, failure.getMajor());
        assertInstanceOf(IOException.class, failure.getCause());
    }
}
