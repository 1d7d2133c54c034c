package dev.gssbaton;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.account.TestClock;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of other software: written when their format is named, read where their format is allowed. */
class UnsealedTransferTest {
    private static final byte[] MESSAGE = "a message".getBytes(StandardCharsets.UTF_8);

    private final List<Instant> kept = new ArrayList<>();
    private final List<ClaimId> claimed = new ArrayList<>();
    private final ToyKeys keys = new ToyKeys();
    private final ToyClaims claims = new ToyClaims() {
        @Override
        public ClaimOutcome claim(ClaimId token, PublicId claimant, Instant keepUntil) throws GSSException {
            kept.add(keepUntil);
            claimed.add(token);
            return super.claim(token, claimant, keepUntil);
        }
    };
    private final BatonManager manager = builder().build();
    private final BatonManager importer =
            builder().allowUnsealedImport(ToyClearExporter.FORMAT).build();

    private BatonManagerBuilder builder() {
        return BatonManager.builder()
                .keys(keys)
                .claims(claims)
                .exporter(new ToyClearExporter(ToyClearExporter.FORMAT, false));
    }

    @Test
    void stream_goes_on_and_the_exported_context_is_dead() throws Exception {
        ToyPair pair = ToyPair.establish(manager);
        byte[] before = pair.initiator().wrap(MESSAGE, 0, MESSAGE.length, new MessageProp(0, false));
        pair.acceptor().unwrap(before, 0, before.length, new MessageProp(0, false));
        try (ExportedToken token = pair.acceptor().exportUnsealed(ToyClearExporter.FORMAT)) {
            assertFault(TransferFault.EXPORTED, () -> pair.acceptor().export());
            BatonContext moved = importer.createContext(token.octets());
            byte[] after = pair.initiator().wrap(MESSAGE, 0, MESSAGE.length, new MessageProp(0, false));
            assertArrayEquals(MESSAGE, moved.unwrap(after, 0, after.length, new MessageProp(0, false)));
            assertEquals(List.of(token.id()), claimed, "it is claimed by what its exporter says that it is");
            assertEquals(Instant.MAX, token.notAfter());
        }
    }

    @Test
    void rule24_format_that_is_not_allowed_is_unauthorized() throws Exception {
        byte[] token = ToyPair.establish(manager)
                .acceptor()
                .exportUnsealed(ToyClearExporter.FORMAT)
                .octets();
        GSSException refusal = assertFault(TransferFault.FORMAT_NOT_ALLOWED, () -> manager.createContext(token));
        assertEquals(GSSException.UNAUTHORIZED, refusal.getMajor());
        assertTrue(refusal.getMinorString().contains(ToyClearExporter.FORMAT), refusal.getMinorString());
        assertFault(TransferFault.FORMAT_NOT_ALLOWED, () -> manager.createContext(Arrays.copyOf(token, 4)));
        assertFault(TransferFault.TOKEN_TOO_SHORT, () -> manager.createContext(Arrays.copyOf(token, 3)));
        assertEquals(List.of(), claimed);
    }

    @Test
    void sealed_tokens_are_imported_as_before() throws Exception {
        ToyPair pair = ToyPair.establish(manager);
        assertTrue(importer.createContext(pair.acceptor().export()).isEstablished());
    }

    @Test
    void one_state_is_taken_once() throws Exception {
        byte[] token = ToyPair.establish(manager)
                .acceptor()
                .exportUnsealed(ToyClearExporter.FORMAT)
                .octets();
        importer.createContext(token);
        GSSException refusal = assertFault(TransferFault.ALREADY_TAKEN, () -> importer.createContext(token));
        assertEquals(GSSException.NO_CONTEXT, refusal.getMajor());
    }

    @Test
    void context_that_sent_a_message_meanwhile_is_another_state() throws Exception {
        ToyPair pair = ToyPair.establish(manager);
        BatonContext there = importer.createContext(
                pair.acceptor().exportUnsealed(ToyClearExporter.FORMAT).octets());
        there.getMIC(MESSAGE, 0, MESSAGE.length, new MessageProp(0, false));
        BatonContext back = importer.createContext(
                there.exportUnsealed(ToyClearExporter.FORMAT).octets());
        assertTrue(back.isEstablished());
    }

    @Test
    void formats_with_and_without_a_seal_are_kept_apart() throws Exception {
        ToyPair pair = ToyPair.establish(manager);
        for (String format : List.of(ContextExporter.BATON, "org.example.none")) {
            GSSException refusal =
                    assertFault(TransferFault.NO_EXPORTER, () -> pair.acceptor().exportUnsealed(format));
            assertEquals(GSSException.UNAVAILABLE, refusal.getMajor());
        }
        assertFault(TransferFault.NO_EXPORTER, () -> pair.acceptor()
                .exportToken(ExportOptions.defaults().withFormat(ToyClearExporter.FORMAT)));
        assertThrows(NullPointerException.class, () -> pair.acceptor().exportUnsealed((UnsealedOptions) null));
        assertTrue(pair.acceptor().isTransferable());
        byte[] token = pair.initiator().wrap(MESSAGE, 0, MESSAGE.length, new MessageProp(0, false));
        assertArrayEquals(MESSAGE, pair.acceptor().unwrap(token, 0, token.length, new MessageProp(0, false)));
    }

    @Test
    void shared_keystream_needs_its_own_consent() throws Exception {
        BatonManager weak = BatonManager.builder()
                .keys(keys)
                .claims(claims)
                .exporter(new ToyClearExporter(ToyClearExporter.FORMAT, true))
                .allowUnsealedImport(ToyClearExporter.FORMAT)
                .build();
        ToyPair pair = ToyPair.establish(weak);
        GSSException refusal =
                assertFault(TransferFault.EXPORT_FAILED, () -> pair.acceptor().exportUnsealed(ToyClearExporter.FORMAT));
        assertTrue(refusal.getMinorString().contains("consentToSharedKeystream"), refusal.getMinorString());
        UnsealedOptions consent = UnsealedOptions.of(ToyClearExporter.FORMAT).consentToSharedKeystream();
        assertTrue(weak.createContext(pair.acceptor().exportUnsealed(consent).octets())
                .isEstablished());
    }

    @Test
    void what_is_wrong_is_told_before_the_claim() throws Exception {
        byte[] token = ToyPair.establish(manager)
                .acceptor()
                .exportUnsealed(ToyClearExporter.FORMAT)
                .octets();
        assertFault(
                TransferFault.STATE_MALFORMED, () -> importer.createContext(Arrays.copyOf(token, token.length + 1)));
        for (int length = 4; length < token.length; length++) {
            byte[] cut = Arrays.copyOf(token, length);
            assertFault(TransferFault.STATE_MALFORMED, () -> importer.createContext(cut));
        }
        byte[] huge = Arrays.copyOf(token, StateWriter.MAX_SIZE + 1);
        assertFault(TransferFault.TOKEN_TOO_LONG, () -> importer.createContext(huge));
        assertFault(
                TransferFault.UNEXPECTED_CONTEXT,
                () -> importer.createContext(token, ImportOptions.any().expectRole(ImportOptions.Role.INITIATOR)));
        assertEquals(List.of(), claimed);
        importer.createContext(token);
    }

    @Test
    void rule26_expired_context_is_not_brought_to_life_and_claims_end_with_it() throws Exception {
        TestClock clock = new TestClock(Instant.now());
        BatonManager timed = builder()
                .clock(clock)
                .allowUnsealedImport(ToyClearExporter.FORMAT)
                .build();
        ToyPair pair = ToyPair.establish(timed, 600);
        ExportedToken acceptor = pair.acceptor().exportUnsealed(ToyClearExporter.FORMAT);
        ExportedToken initiator = pair.initiator().exportUnsealed(ToyClearExporter.FORMAT);
        timed.createContext(acceptor.octets());
        assertEquals(List.of(acceptor.notAfter().plus(Duration.ofHours(1))), kept);
        clock.advance(Duration.ofSeconds(601));
        assertFault(TransferFault.IMPORTED_CONTEXT_EXPIRED, () -> timed.createContext(initiator.octets()));
    }

    @Test
    void claim_is_kept_for_a_week_at_most() throws Exception {
        ToyPair pair = ToyPair.establish(manager, GSSContext.INDEFINITE_LIFETIME);
        importer.createContext(
                pair.acceptor().exportUnsealed(ToyClearExporter.FORMAT).octets());
        Duration longest = Duration.ofDays(7).plus(Duration.ofHours(1));
        assertTrue(kept.get(0).isBefore(Instant.now().plus(longest).plusSeconds(1)));
        assertTrue(kept.get(0).isAfter(Instant.now().plus(longest).minus(Duration.ofHours(1))));
    }

    @Test
    void token_that_two_formats_claim_is_refused() throws Exception {
        BatonManager both = builder()
                .exporter(new ToyClearExporter("org.example.other", false))
                .allowUnsealedImport(ToyClearExporter.FORMAT)
                .allowUnsealedImport("org.example.other")
                .build();
        byte[] token = ToyPair.establish(both)
                .acceptor()
                .exportUnsealed("org.example.other")
                .octets();
        assertFault(TransferFault.IMPORT_FAILED, () -> both.createContext(token));
        importer.createContext(token);
    }

    @Test
    void format_to_import_must_be_there(@TempDir Path folder) throws IOException {
        for (String format : List.of("org.example.none", ContextExporter.BATON, "")) {
            BatonManagerBuilder builder = builder().allowUnsealedImport(format);
            IllegalStateException e = assertThrows(IllegalStateException.class, builder::build);
            assertTrue(e.getMessage().contains("'" + format + "'"), e.getMessage());
        }
        Path file = Files.writeString(
                folder.resolve("baton.properties"), "allowUnsealedImport = " + ToyClearExporter.FORMAT + " , mit\n");
        BatonManagerBuilder builder = builder().properties(file);
        IllegalStateException e = assertThrows(IllegalStateException.class, builder::build);
        assertTrue(e.getMessage().contains("'mit'"), e.getMessage());
        assertFalse(e.getMessage().contains(ToyClearExporter.FORMAT), e.getMessage());
    }

    @Test
    void format_named_in_properties_is_imported(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("baton.properties"), "allowUnsealedImport=" + ToyClearExporter.FORMAT + "\n");
        byte[] token = ToyPair.establish(manager)
                .acceptor()
                .exportUnsealed(ToyClearExporter.FORMAT)
                .octets();
        assertTrue(builder().properties(file).build().createContext(token).isEstablished());
    }

    private static GSSException assertFault(TransferFault fault, Executable action) {
        GSSException e = assertThrows(GSSException.class, action);
        assertEquals(Optional.of(fault), TransferFault.of(e), e::toString);
        return e;
    }
}
