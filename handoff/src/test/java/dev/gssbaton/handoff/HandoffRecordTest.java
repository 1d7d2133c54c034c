package dev.gssbaton.handoff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.seal.AccountKeys;
import dev.gssbaton.seal.TokenSealer;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What goes beside a token, and the frames that both are in. */
class HandoffRecordTest {
    private static final ClaimId TOKEN = ClaimId.of(new byte[24]);
    private static final ClaimId OTHER = ClaimId.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});

    private static void assertRefused(TransferFault fault, Executable call) {
        GSSException refusal = assertThrows(GSSException.class, call);
        assertEquals(Optional.of(fault), TransferFault.of(refusal), refusal::toString);
    }

    @Test
    void a_record_belongs_to_one_token_and_one_socket() throws Exception {
        try (TokenSealer sealer = new TokenSealer(
                AccountKeys.ofUser(), "records", ProcessClaims.ofProcess(), new SecureRandom(), Clock.systemUTC())) {
            byte[] sealed = new HandoffRecord(TOKEN, 42, new byte[] {1}, new byte[] {2, 2}, new byte[] {3, 3, 3})
                    .seal(sealer, Instant.now().plusSeconds(60));
            HandoffRecord record = HandoffRecord.open(sealer, sealed);
            record.requireFor(TOKEN, 42);
            assertArrayEquals(new byte[] {1}, record.unread());
            assertArrayEquals(new byte[] {2, 2}, record.unwritten());
            assertArrayEquals(new byte[] {3, 3, 3}, record.note());
            assertRefused(TransferFault.UNEXPECTED_CONTEXT, () -> record.requireFor(OTHER, 42));
            assertRefused(TransferFault.UNEXPECTED_CONTEXT, () -> record.requireFor(TOKEN, 43));
            assertRefused(TransferFault.UNEXPECTED_CONTEXT, () -> record.requireFor(TOKEN, 0));
            sealed[sealed.length - 1] ^= 1;
            assertRefused(TransferFault.SEAL_BROKEN, () -> HandoffRecord.open(sealer, sealed));
        }
    }

    @Test
    void a_frame_is_read_when_it_is_whole_and_refused_when_it_is_none() throws Exception {
        ByteBuffer taken = Frame.taken(7).encode();
        byte[] octets = new byte[taken.remaining()];
        taken.duplicate().get(octets);
        assertEquals("000000050500000007", HexFormat.of().formatHex(octets));
        for (int length = 0; length < taken.limit(); length++) {
            assertNull(Frame.decode(taken.duplicate().limit(length)));
        }
        assertEquals(7, Frame.decode(taken).number());
        assertThrows(IOException.class, () -> Frame.decode(ByteBuffer.wrap(new byte[] {0, 0, 0, 0})));
        assertThrows(IOException.class, () -> Frame.decode(ByteBuffer.wrap(new byte[] {127, 0, 0, 0})));
        assertThrows(IOException.class, () -> Frame.decode(ByteBuffer.wrap(new byte[] {0, 0, 0, 1, 99})));
        Frame tooShort = Frame.decode(ByteBuffer.wrap(new byte[] {0, 0, 0, 3, 5, 0, 0}));
        assertThrows(IOException.class, tooShort::number);
        Frame offer = Frame.offer(1, true, new byte[3], new byte[2]);
        assertEquals(3, offer.token().length);
        assertEquals(2, offer.sealed().length);
        offer.body()[8] = 100;
        assertThrows(IOException.class, offer::token);
        assertEquals("a?b", Frame.declined(1, "a\nb").reason());
    }
}
