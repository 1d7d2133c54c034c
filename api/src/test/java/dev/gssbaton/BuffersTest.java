package dev.gssbaton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.Test;

/** Messages between buffers: a buffer that cannot take the result costs no sequence number. */
class BuffersTest {
    private final ToyPair pair;

    BuffersTest() throws GSSException {
        pair = ToyPair.establish(BatonManager.builder()
                .keys(new ToyKeys())
                .claims(new ToyClaims())
                .build());
    }

    private static ByteBuffer message() {
        return ByteBuffer.wrap(new byte[] {1, 2, 3});
    }

    private static ByteBuffer readOnly() {
        return ByteBuffer.allocate(200).asReadOnlyBuffer();
    }

    @Test
    void whatCannotBeWrittenIsNotSent() throws GSSException {
        BatonContext sender = pair.initiator();
        assertThrows(
                ReadOnlyBufferException.class, () -> sender.wrap(message(), readOnly(), new MessageProp(0, false)));
        assertThrows(
                ReadOnlyBufferException.class, () -> sender.getMIC(message(), readOnly(), new MessageProp(0, false)));
        byte[] first = sender.wrap(new byte[] {1, 2, 3}, 0, 3, new MessageProp(0, false));
        MessageProp found = new MessageProp(0, false);
        pair.acceptor().unwrap(first, 0, first.length, found);
        assertFalse(found.isGapToken(), found::getMinorString);
    }

    @Test
    void whatCannotBeWrittenIsNotReceived() throws GSSException {
        ByteBuffer token = ByteBuffer.allocate(200);
        pair.initiator().wrap(message(), token, new MessageProp(0, false));
        token.flip();
        assertThrows(ReadOnlyBufferException.class, () -> pair.acceptor()
                .unwrap(token.duplicate(), readOnly(), new MessageProp(0, false)));
        MessageProp found = new MessageProp(0, false);
        ByteBuffer read = ByteBuffer.allocate(200);
        pair.acceptor().unwrap(token, read, found);
        assertFalse(found.isDuplicateToken(), found::getMinorString);
        assertEquals(message(), read.flip());
    }
}
