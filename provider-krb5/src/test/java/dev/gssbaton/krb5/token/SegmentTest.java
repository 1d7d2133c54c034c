package dev.gssbaton.krb5.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SegmentTest {
    private static final byte[] OCTETS = {1, 2, 3, 4, 5};

    @Test
    void a_copy_of_what_shows_no_array_is_erased() {
        ByteBuffer direct = ByteBuffer.allocateDirect(OCTETS.length).put(OCTETS).position(1);
        ByteBuffer readOnly = ByteBuffer.wrap(OCTETS).asReadOnlyBuffer().position(1);
        for (ByteBuffer buffer : new ByteBuffer[] {direct, readOnly}) {
            byte[] copy;
            try (Segment segment = Segment.of(buffer)) {
                copy = segment.array;
                assertArrayEquals(new byte[] {2, 3, 4, 5}, copy);
            }
            assertArrayEquals(new byte[4], copy);
            assertEquals(1, buffer.position());
            assertEquals(5, buffer.get(4));
        }
        byte[] own = OCTETS.clone();
        Segment.ofCopy(own).close();
        assertArrayEquals(new byte[5], own);
    }

    @Test
    void a_buffers_own_array_is_left() {
        byte[] own = OCTETS.clone();
        try (Segment segment = Segment.of(ByteBuffer.wrap(own, 2, 3))) {
            assertSame(own, segment.array);
            assertArrayEquals(
                    new byte[] {3, 4, 5}, Arrays.copyOfRange(own, segment.offset, segment.offset + segment.length));
        }
        assertArrayEquals(OCTETS, own);
    }
}
