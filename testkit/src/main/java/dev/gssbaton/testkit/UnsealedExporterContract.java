package dev.gssbaton.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import dev.gssbaton.spi.UnsealedExporter;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link UnsealedExporter} does: it knows its own tokens from others by how they begin, reads them strictly,
 * since nothing vouches for them, tells every state from any other, since by that a token is taken once, and says where two
 * copies of a context would give away what they encrypt.
 */
public abstract class UnsealedExporterContract {
    private static final Set<TransferFault> OF_READING =
            EnumSet.of(TransferFault.STATE_MALFORMED, TransferFault.VERSION_UNKNOWN);

    private static final int MESSAGE_SIZE = 64;

    private final ManualClock clock = new ManualClock();
    private final Environment environment =
            new Environment(clock, new SecureRandom(), new ProcessClaims(new SecureRandom(), clock));

    private final List<MechanismContext> contexts = new ArrayList<>();
    private UnsealedExporterFixture fixture;
    private UnsealedExporter exporter;

    /** For the implementer's class. */
    protected UnsealedExporterContract() {}

    /**
     * Makes the exporter that is tested, and its tokens. Called before each test.
     *
     * @return the exporter and what it needs
     * @throws Exception if it cannot be made; the test fails then
     */
    protected abstract UnsealedExporterFixture fixture() throws Exception;

    @BeforeEach
    void prepare() throws Exception {
        fixture = fixture();
        exporter = fixture.exporter();
    }

    @AfterEach
    void erase() {
        contexts.forEach(MechanismContext::erase);
    }

    @Test
    void baton_format_is_not_that_of_sealed_states() {
        assertNotEquals(ContextExporter.BATON, exporter.format());
    }

    @Test
    void baton_token_is_recognised_by_its_first_octets() {
        for (byte[] token : fixture.tokens()) {
            byte[] longer = Arrays.copyOf(token, token.length + 1);
            byte[] before = token.clone();
            assertTrue(exporter.recognises(token), "a token of the format");
            assertTrue(exporter.recognises(longer), "one with an octet behind it, which reading is to refuse");
            assertArrayEquals(before, token, "the token that was looked at");
        }
    }

    @Test
    void baton_token_of_another_format_is_not_recognised() {
        assertFalse(exporter.recognises(new byte[0]), "nothing");
        for (byte[] token : fixture.others()) {
            assertFalse(exporter.recognises(token), "a token of another format");
        }
    }

    @Test
    void baton_every_truncation_and_every_trailing_octet_is_refused() {
        for (byte[] token : fixture.tokens()) {
            for (int length = 0; length < token.length; length++) {
                assertRefused(Arrays.copyOf(token, length), "the first " + length + " octets of " + token.length);
            }
            assertRefused(Arrays.copyOf(token, token.length + 1), "a token with an octet behind it");
        }
    }

    /** A format may have less room than a state, so that only what was written once is written the same again. */
    @Test
    void baton_what_is_written_is_recognised_and_read_as_the_same_state() throws GSSException {
        for (byte[] token : fixture.tokens()) {
            MechanismContext settled = read(write(read(token)));
            byte[] written = write(settled);
            assertTrue(exporter.recognises(written), "a token that was written here");
            assertSameState(settled, read(written), "a state, and what is read of its token");
        }
    }

    @Test
    void baton_writing_changes_nothing() throws GSSException {
        for (byte[] token : fixture.tokens()) {
            MechanismContext context = read(token);
            String before = identity(context);
            byte[] first = write(context);
            assertArrayEquals(first, write(context), "the token, written twice");
            assertTrue(before.equals(identity(context)), "the state is the same after it was written");
        }
    }

    @Test
    void baton_identity_is_that_of_the_state() throws GSSException {
        List<String> identities = new ArrayList<>();
        for (byte[] token : fixture.tokens()) {
            MechanismContext context = read(token);
            assertSameState(context, read(token), "two readings of one token");
            assertFalse(identities.contains(identity(context)), "another token has the identity of this one");
            identities.add(identity(context));
        }
    }

    @Test
    void baton_identity_is_another_one_when_a_message_was_sent() throws GSSException {
        for (byte[] token : fixture.tokens()) {
            MechanismContext context = read(token);
            String before = identity(context);
            context.getMIC(new byte[1], 0, 1, new MessageProp(0, false));
            assertFalse(before.equals(identity(context)), "the state before a message, and after it");
        }
    }

    @Test
    void baton_shared_keystream_is_said() throws GSSException {
        for (byte[] token : fixture.tokens()) {
            MechanismContext one = read(token);
            if (one.flags().contains(ContextFlag.CONF) && encryptedAlike(one, read(token))) {
                assertTrue(
                        exporter.sharesKeystream(one),
                        "two copies encrypted all zeros and all ones to what differs in each bit");
            }
        }
    }

    /** Tells whether what two copies of a context made of zeros and of ones differs in each bit, as the messages do. */
    private static boolean encryptedAlike(MechanismContext one, MechanismContext other) throws GSSException {
        byte[] ones = new byte[MESSAGE_SIZE];
        Arrays.fill(ones, (byte) 0xff);
        byte[] first = one.wrap(new byte[MESSAGE_SIZE], 0, MESSAGE_SIZE, new MessageProp(0, true));
        byte[] second = other.wrap(ones, 0, MESSAGE_SIZE, new MessageProp(0, true));
        int run = 0;
        for (int i = 0; i < first.length && run < MESSAGE_SIZE; i++) {
            run = (first[i] ^ second[i]) == -1 ? run + 1 : 0;
        }
        return run == MESSAGE_SIZE;
    }

    private void assertRefused(byte[] token, String what) {
        GSSException refusal = assertThrows(GSSException.class, () -> read(token), what);
        assertTrue(
                TransferFault.of(refusal).filter(OF_READING::contains).isPresent(),
                () -> what + " is refused with one of " + OF_READING + ", not " + refusal);
    }

    private void assertSameState(MechanismContext one, MechanismContext other, String what) throws GSSException {
        // Without the identities, in which keys stand.
        assertTrue(identity(one).equals(identity(other)), () -> what + ": one identity");
    }

    private MechanismContext read(byte[] token) throws GSSException {
        byte[] surrounded = Octets.surrounded(token);
        StateReader in = new StateReader(surrounded, Octets.BEFORE, token.length);
        MechanismContext context = exporter.read(in, Delegation.DROP, environment);
        contexts.add(context);
        return context;
    }

    private byte[] write(MechanismContext context) throws GSSException {
        try (StateWriter out = new StateWriter(0, MESSAGE_SIZE)) {
            exporter.write(context, Delegation.DROP, out);
            return Arrays.copyOf(out.array(), out.position());
        }
    }

    private String identity(MechanismContext context) throws GSSException {
        try (StateWriter out = new StateWriter(0, MESSAGE_SIZE)) {
            exporter.writeIdentity(context, out);
            return HexFormat.of().formatHex(out.array(), 0, out.position());
        }
    }
}
