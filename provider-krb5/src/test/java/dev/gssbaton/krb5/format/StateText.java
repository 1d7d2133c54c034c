package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.Agreement;
import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.TicketFacts;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.spi.SequenceWindow;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Everything that a state says, field by field, for tests to compare. */
final class StateText {
    private static final List<Set<String>> PAIRS =
            List.of(Set.of("our subkey", "peer's subkey"), Set.of("our name", "peer's name"));

    private StateText() {}

    static Map<String, String> of(ContextState state) {
        Agreement agreement = state.agreement();
        TicketFacts ticket = agreement.ticket();
        SequenceWindow window = state.protection().window();
        boolean initiator = agreement.initiator();
        Map<String, String> text = new LinkedHashMap<>();
        text.put("role", initiator ? "initiator" : "acceptor");
        text.put("services", Integer.toHexString(agreement.flags()));
        text.put("our name", (initiator ? agreement.source() : agreement.target()).toString());
        text.put("peer's name", (initiator ? agreement.target() : agreement.source()).toString());
        text.put("session key", hex(state.keys().sessionKey()));
        text.put(
                "our subkey",
                hex(initiator ? state.keys().initiatorSubkey() : state.keys().acceptorSubkey()));
        text.put(
                "peer's subkey",
                hex(initiator ? state.keys().acceptorSubkey() : state.keys().initiatorSubkey()));
        text.put(
                "numbers sent",
                Long.toUnsignedString(state.firstSendNumber()) + " to "
                        + Long.toUnsignedString(state.protection().sendNumber()));
        text.put(
                "window",
                window.flags() + " " + Long.toUnsignedString(window.base()) + " " + window.gone() + " "
                        + Long.toHexString(window.seen()));
        text.put("ticket flags", Integer.toHexString(ticket.flags().toInt()));
        text.put("authtime", String.valueOf(ticket.authTime()));
        text.put("starttime", String.valueOf(ticket.startTime()));
        text.put("endtime", ticket.endTime().toString());
        text.put("renew-till", String.valueOf(ticket.renewTill()));
        text.put(
                "ticket's data",
                HexFormat.of().formatHex(ticket.authorizationData().toBytes()));
        text.put(
                "authenticator's data",
                HexFormat.of().formatHex(ticket.authenticatorData().toBytes()));
        text.put("PAC verified", Boolean.toString(ticket.pacVerified()));
        if (!initiator) {
            text.put("clock skew", agreement.clockSkew().toString());
        }
        return text;
    }

    /**
     * Names the fields that differ. What one role alone has is no field of its own, and neither is whose subkey and name
     * is whose, if the roles differ.
     */
    static Set<String> differences(Map<String, String> one, Map<String, String> other) {
        Set<String> differing = new TreeSet<>();
        one.forEach((field, value) -> {
            if (other.containsKey(field) && !other.get(field).equals(value)) {
                differing.add(field);
            }
        });
        for (Set<String> pair : PAIRS) {
            if (differing.contains("role") && values(pair, one).equals(values(pair, other))) {
                differing.removeAll(pair);
            }
        }
        return differing;
    }

    private static Set<String> values(Set<String> fields, Map<String, String> text) {
        return fields.stream().map(text::get).collect(Collectors.toSet());
    }

    private static String hex(EncryptionKey key) {
        return key == null ? "none" : key.type().number() + " " + key.secret().lend(HexFormat.of()::formatHex);
    }
}
