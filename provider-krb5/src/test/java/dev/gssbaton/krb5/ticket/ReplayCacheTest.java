package dev.gssbaton.krb5.ticket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

class ReplayCacheTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Octets AUTHENTICATOR = Octets.of(new byte[] {1, 2, 3});

    /** A store that began before now, and may be made anew just before a claim. */
    private static final class Claims implements ClaimStore {
        private final Set<ClaimId> taken = new HashSet<>();
        private Instant since = NOW.minusSeconds(60);
        private boolean madeAnew;

        @Override
        public PublicId id() {
            return new PublicId(1, since.getEpochSecond());
        }

        @Override
        public String scope() {
            return "this test";
        }

        @Override
        public Instant now() {
            return NOW;
        }

        @Override
        public Instant since() {
            return since;
        }

        @Override
        public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) {
            if (madeAnew) {
                taken.clear();
                since = NOW;
            }
            return taken.add(id) ? ClaimOutcome.WON : ClaimOutcome.LOST;
        }
    }

    private final Claims claims = new Claims();
    private final ReplayCache cache = new ReplayCache(claims, Duration.ofMinutes(5), new SecureRandom());

    private void assertRepeat(int majorCode, Instant time) {
        KerberosException refusal = assertThrows(KerberosException.class, () -> cache.take(AUTHENTICATOR, time));
        assertEquals(ErrorCode.KRB_AP_ERR_REPEAT, refusal.errorCode());
        assertEquals(majorCode, refusal.getMajor());
    }

    @Test
    void takesAnAuthenticatorOnce() throws GSSException {
        cache.take(AUTHENTICATOR, NOW.minusSeconds(1));
        assertRepeat(GSSException.DUPLICATE_TOKEN, NOW.minusSeconds(1));
    }

    @Test
    void refusesWhatIsOlderThanTheStore() {
        assertRepeat(GSSException.OLD_TOKEN, NOW.minusSeconds(61));
    }

    @Test
    void refusesWhatAStoreMadeAnewCannotKnow() throws GSSException {
        cache.take(AUTHENTICATOR, NOW.minusSeconds(1));
        claims.madeAnew = true;
        assertRepeat(GSSException.OLD_TOKEN, NOW.minusSeconds(1));
    }

    @Test
    void refusesWhatRanOutOfTime() {
        claims.since = Instant.EPOCH;
        assertRepeat(GSSException.OLD_TOKEN, NOW.minus(Duration.ofMinutes(11)));
    }

    /** A wall clock that is set. */
    private static final class SetClock extends Clock {
        private Instant now = NOW;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** Takes one authenticator after the other, until what is past may be forgotten. */
    private static void takeOthers(ReplayCache cache, SetClock clock) throws GSSException {
        for (int i = 0; i < 2000; i++) {
            clock.now = clock.now.plusMillis(50);
            cache.take(Octets.of(ByteBuffer.allocate(4).putInt(i).array()), clock.now);
        }
    }

    @Test
    void anAuthenticatorIsNotTakenAgainHoweverTheClockIsSet() throws GSSException {
        for (Duration ahead : List.of(Duration.ofMinutes(12), Duration.ofHours(5), Duration.ofDays(400))) {
            SetClock clock = new SetClock();
            ProcessClaims store = new ProcessClaims(new SecureRandom(), clock);
            ReplayCache replays = new ReplayCache(store, Duration.ofMinutes(5), new SecureRandom());
            Instant time = NOW.plusSeconds(1);
            replays.take(AUTHENTICATOR, time);
            clock.now = NOW.plus(ahead);
            takeOthers(replays, clock);
            clock.now = NOW.plusSeconds(2);
            KerberosException refusal =
                    assertThrows(KerberosException.class, () -> replays.take(AUTHENTICATOR, time), ahead::toString);
            assertEquals(ErrorCode.KRB_AP_ERR_REPEAT, refusal.errorCode());
        }
    }
}
