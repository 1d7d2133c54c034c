package dev.gssbaton.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.Test;

/** What the interfaces answer for a mechanism that does not answer itself, and the helpers that mechanisms share. */
class MechanismDefaultsTest {
    private static final Oid MECHANISM = Mechanism.oid("1.3.6.1.4.1.32473.1");

    private final Mechanism mechanism = new Mechanism() {
        @Override
        public Oid oid() {
            return MECHANISM;
        }

        @Override
        public String name() {
            return "plain";
        }

        @Override
        public MechanismContext initiator(InitiatorRequest request, Environment environment) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MechanismContext acceptor(AcceptorRequest request, Environment environment) {
            throw new UnsupportedOperationException();
        }
    };

    @Test
    void names_are_texts_and_credentials_the_applications() throws GSSException {
        TextName alice = new TextName(MECHANISM, "alice");
        assertEquals(List.of(GSSName.NT_USER_NAME, GSSName.NT_EXPORT_NAME), mechanism.nameTypes());
        assertEquals(alice, mechanism.name("alice", null));
        assertEquals(alice, mechanism.name(alice.export(), GSSName.NT_EXPORT_NAME));
        GSSException refusal = assertThrows(GSSException.class, () -> mechanism.credential(null, 0, 0));
        assertEquals(GSSException.NO_CRED, refusal.getMajor());
        assertTrue(refusal.getMessage().contains("plain"), refusal::toString);
    }

    @Test
    void malformed_object_identifier_is_no_constant() {
        assertThrows(IllegalArgumentException.class, () -> Mechanism.oid("1.3.x"));
    }

    @Test
    void rfc2743_3_1_frame_comes_off_again() throws GSSException {
        byte[] inner = {1, 2, 3};
        byte[] framed = InitialToken.frame(MECHANISM, inner);
        ByteBuffer found = InitialToken.unframe(MECHANISM, framed);
        assertEquals(ByteBuffer.wrap(inner), found);
        assertTrue(found.isReadOnly());
        Oid other = Mechanism.oid("1.3.6.1.4.1.32473.2");
        GSSException refusal = assertThrows(GSSException.class, () -> InitialToken.unframe(other, framed));
        assertEquals(GSSException.DEFECTIVE_TOKEN, refusal.getMajor());
    }

    @Test
    void lifetime_ends_on_the_millisecond_or_never() {
        Instant now = Instant.parse("2001-02-03T04:05:06.123456789Z");
        Environment environment = new Environment(Clock.fixed(now, ZoneOffset.UTC), new SecureRandom(), new NoClaims());
        assertEquals(Instant.parse("2001-02-03T04:06:06.123Z"), environment.endOf(60));
        assertEquals(Instant.MAX, environment.endOf(GSSContext.DEFAULT_LIFETIME));
        assertEquals(Instant.MAX, environment.endOf(GSSContext.INDEFINITE_LIFETIME));
    }

    @Test
    void refusal_shows_its_text_and_is_no_fault_of_a_transfer() {
        GSSException refusal = TransferFault.refusal(GSSException.BAD_NAME, "no such name");
        assertEquals(GSSException.BAD_NAME, refusal.getMajor());
        assertTrue(refusal.getMessage().contains("no such name"), refusal::toString);
        assertTrue(TransferFault.of(refusal).isEmpty());
    }

    private static final class NoClaims implements ClaimStore {
        @Override
        public PublicId id() {
            return new PublicId(0, 0);
        }

        @Override
        public String scope() {
            return "nobody";
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public Instant since() {
            return Instant.EPOCH;
        }

        @Override
        public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) {
            return ClaimOutcome.LOST;
        }
    }
}
