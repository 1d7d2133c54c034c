package dev.gssbaton.handoff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.seal.AccountKeys;
import dev.gssbaton.seal.TokenHeader;
import dev.gssbaton.seal.TokenSealer;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
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

    private static TokenSealer sealer() {
        return new TokenSealer(
                AccountKeys.ofUser(), "records", ProcessClaims.ofProcess(), new SecureRandom(), Clock.systemUTC());
    }

    private static void assertRefused(TransferFault fault, Executable call) {
        GSSException refusal = assertThrows(GSSException.class, call);
        assertEquals(Optional.of(fault), TransferFault.of(refusal), refusal::toString);
    }

    @Test
    void a_record_belongs_to_one_token_and_one_socket() throws Exception {
        try (TokenSealer sealer = sealer()) {
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
    void a_frame_is_read_in_whole_or_refused() throws Exception {
        assertEquals("0500000007", HexFormat.of().formatHex(Frame.taken(7).encode()));
        assertEquals(
                new Answer(FrameType.TAKEN, 7, null, ""),
                Frame.decode(Frame.taken(7).encode()).answer());
        assertThrows(IOException.class, () -> Frame.decode(new byte[] {99}));
        Frame tooShort = Frame.decode(new byte[] {5, 0, 0});
        assertThrows(IOException.class, tooShort::answer);
        Frame frame = Frame.offer(new Offered(1, Duration.ofSeconds(2), new byte[3], new byte[4]));
        Offered offered = frame.offered();
        assertEquals(1, offered.number());
        assertEquals(Duration.ofSeconds(2), offered.answerWithin());
        assertEquals(3, offered.token().length);
        assertEquals(4, offered.sealed().length);
        frame.body()[11] = 8;
        assertThrows(IOException.class, frame::offered);
        assertEquals("a?b", Frame.declined(1, "a\nb").answer().reason());
    }

    @Test
    void the_largest_record_is_within_what_a_frame_may_bring() throws Exception {
        byte[] largest = new byte[Parcel.MAX_OCTETS];
        byte[] note = new byte[Parcel.MAX_NOTE];
        ClaimId token = ClaimId.of(new byte[ClaimId.MAX_SIZE]);
        try (TokenSealer sealer = sealer()) {
            byte[] sealed = new HandoffRecord(token, Long.MAX_VALUE, largest, largest, note)
                    .seal(sealer, Instant.now().plusSeconds(60));
            assertTrue(sealed.length <= HandoffRecord.MAX_SIZE, sealed.length + " octets");
            Frame frame =
                    Frame.offer(new Offered(1, Duration.ofHours(1), new byte[TokenHeader.MAX_TOKEN_SIZE], sealed));
            assertTrue(frame.encode().length <= Frame.MAX_LENGTH);
            assertEquals(sealed.length, frame.offered().sealed().length);
        }
    }
}
