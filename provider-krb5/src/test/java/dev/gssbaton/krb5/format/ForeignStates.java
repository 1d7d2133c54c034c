package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.Agreement;
import dev.gssbaton.krb5.ContextKeys;
import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.PlatformName;
import dev.gssbaton.krb5.TicketFacts;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.spi.SequenceWindow;
import java.security.SecureRandom;
import java.time.Instant;

/** States like another, but for one thing. Each has keys of its own, which the caller closes. */
final class ForeignStates {
    private ForeignStates() {}

    static ContextState endingAt(ContextState state, Instant end) {
        TicketFacts ticket = state.agreement().ticket();
        return with(
                state,
                new TicketFacts(
                        ticket.flags(),
                        ticket.authTime(),
                        ticket.startTime(),
                        end,
                        ticket.renewTill(),
                        ticket.authorizationData(),
                        ticket.authenticatorData(),
                        ticket.pacVerified()),
                state.protection().sendNumber(),
                state.protection().window());
    }

    static ContextState withAuthenticatorData(ContextState state, Octets data) {
        TicketFacts ticket = state.agreement().ticket();
        return with(
                state,
                new TicketFacts(
                        ticket.flags(),
                        ticket.authTime(),
                        ticket.startTime(),
                        ticket.endTime(),
                        ticket.renewTill(),
                        ticket.authorizationData(),
                        data,
                        ticket.pacVerified()),
                state.protection().sendNumber(),
                state.protection().window());
    }

    static ContextState withNumbers(ContextState state, long sendNumber, SequenceWindow window) {
        return with(state, state.agreement().ticket(), sendNumber, window);
    }

    static ContextState from(ContextState state, PlatformName source) {
        return with(
                state,
                source,
                state.agreement().ticket(),
                state.protection().sendNumber(),
                state.protection().window());
    }

    private static ContextState with(ContextState state, TicketFacts ticket, long sendNumber, SequenceWindow window) {
        return with(state, state.agreement().source(), ticket, sendNumber, window);
    }

    private static ContextState with(
            ContextState state, PlatformName source, TicketFacts ticket, long sendNumber, SequenceWindow window) {
        Agreement agreement = state.agreement();
        ContextKeys keys = state.keys();
        return new ContextState(
                new Agreement(
                        agreement.initiator(),
                        agreement.flags(),
                        source,
                        agreement.target(),
                        ticket,
                        agreement.clockSkew()),
                new ContextKeys(keys.sessionKey().copy(), copy(keys.initiatorSubkey()), copy(keys.acceptorSubkey())),
                state.firstSendNumber(),
                sendNumber,
                window,
                null,
                new SecureRandom());
    }

    private static EncryptionKey copy(EncryptionKey key) {
        return key == null ? null : key.copy();
    }
}
