package dev.gssbaton.krb5.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.TicketFacts;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.message.AuthorizationData.Element;
import dev.gssbaton.krb5.token.MessageProtection;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the C libraries wrote is what they say it is, goes on, and is written again as they did. */
class ForeignCorpusTest {
    static List<ForeignToken> tokens() {
        return ForeignToken.all();
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void token_has_its_stated_values(ForeignToken token) throws Exception {
        try (ContextState state = token.read(token.octets())) {
            boolean initiator = token.fact("role").equals("initiator");
            assertEquals(initiator, state.agreement().initiator());
            assertEquals(
                    Integer.parseInt(token.fact("services"), 16),
                    state.agreement().flags());
            assertEquals(token.fact("source"), state.agreement().source().toString());
            assertEquals(token.fact("target"), state.agreement().target().toString());
            assertEquals(
                    token.number("enctype"), state.keys().sessionKey().type().number());
            for (String key : List.of("sessionKey", "initiatorSubkey", "acceptorSubkey")) {
                EncryptionKey read =
                        switch (key) {
                            case "sessionKey" -> state.keys().sessionKey();
                            case "initiatorSubkey" -> state.keys().initiatorSubkey();
                            default -> state.keys().acceptorSubkey();
                        };
                assertEquals(token.fact(key), read == null ? "" : read.secret().lend(HexFormat.of()::formatHex), key);
            }
            assertEquals(token.number("sendNumber"), state.protection().sendNumber());
            assertEquals(token.number("firstSendNumber"), state.firstSendNumber());
            assertEquals(token.number("base"), state.protection().window().base());
            assertEquals(token.number("gone"), state.protection().window().gone());
            assertEquals(
                    Long.parseUnsignedLong(token.fact("seen"), 16),
                    state.protection().window().seen());
            assertEquals(
                    ContextFlag.of(state.agreement().flags() & ForeignFields.REPLAY_AND_SEQUENCE),
                    state.protection().window().flags());
            TicketFacts ticket = state.agreement().ticket();
            assertEquals(Instant.ofEpochSecond(token.number("endtime")), ticket.endTime());
            assertEquals(
                    Duration.ofSeconds(token.number("clockSkew")),
                    state.agreement().clockSkew());
            assertEquals(Boolean.parseBoolean(token.fact("pacVerified")), ticket.pacVerified());
            if (token.exporter() instanceof MitContextExporter) {
                assertEquals(Instant.ofEpochSecond(token.number("authtime")), ticket.authTime());
                assertEquals(Instant.ofEpochSecond(token.number("starttime")), ticket.startTime());
                assertEquals(
                        Integer.parseUnsignedInt(token.fact("ticketFlags"), 16),
                        ticket.flags().toInt());
                assertEquals(
                        token.fact("authorizationData"),
                        ForeignFields.elements(ticket.authorizationData()).stream()
                                .map(ForeignCorpusTest::text)
                                .collect(Collectors.joining(",")));
            }
        }
    }

    private static String text(Element element) {
        return element.type() + ":" + HexFormat.of().formatHex(element.data().toBytes());
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void stream_goes_on_where_the_library_stopped(ForeignToken token) throws Exception {
        try (ContextState state = token.read(token.octets())) {
            MessageProtection protection = state.protection();
            for (ForeignToken.Message message : token.messages("received")) {
                assertEquals("duplicate", receive(protection, message));
            }
            for (ForeignToken.Message message : token.messages("underWay")) {
                assertEquals("", receive(protection, message));
                assertEquals("duplicate", receive(protection, message));
            }
            for (ForeignToken.Message message : token.messages("receivedAfter")) {
                assertEquals("", receive(protection, message));
            }
            int compared = 0;
            // Those of rc4-hmac have a confounder without confidentiality too.
            boolean legacy = !state.keys().baseKey().type().isOfRfc4121();
            for (ForeignToken.Message message : token.messages("sent")) {
                byte[] made = send(protection, message);
                if (!message.kind().equals("wrap-conf")
                        && !(legacy && message.kind().equals("wrap-integ"))) {
                    assertArrayEquals(unrotated(message.token()), made, message.kind());
                    compared++;
                }
            }
            assertEquals(legacy ? 1 : 2, compared);
        }
    }

    /** Undoes the rotation of RFC 4121 section 4.2.5, which Heimdal does and Baton does not. */
    private static byte[] unrotated(byte[] token) {
        int rotation = token[0] == 5 ? token[7] : 0;
        byte[] unrotated = token.clone();
        if (rotation != 0) {
            unrotated[7] = 0;
            System.arraycopy(token, 16 + rotation, unrotated, 16, token.length - 16 - rotation);
            System.arraycopy(token, 16, unrotated, token.length - rotation, rotation);
        }
        return unrotated;
    }

    /** Receives a message and tells what is reported. */
    private static String receive(MessageProtection protection, ForeignToken.Message message) throws GSSException {
        MessageProp prop = new MessageProp(0, false);
        byte[] token = message.token();
        if (message.kind().equals("mic")) {
            protection.verifyMIC(token, 0, token.length, message.octets(), 0, message.octets().length, prop);
        } else {
            assertArrayEquals(message.octets(), protection.unwrap(token, 0, token.length, prop));
            assertEquals(message.kind().equals("wrap-conf"), prop.getPrivacy());
        }
        assertFalse(prop.isGapToken() || prop.isOldToken() || prop.isUnseqToken());
        return prop.isDuplicateToken() ? "duplicate" : "";
    }

    private static byte[] send(MessageProtection protection, ForeignToken.Message message) throws GSSException {
        byte[] octets = message.octets();
        MessageProp prop = new MessageProp(0, message.kind().equals("wrap-conf"));
        return message.kind().equals("mic")
                ? protection.getMIC(octets, 0, octets.length, prop)
                : protection.wrap(octets, 0, octets.length, prop);
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void token_is_written_again_but_for_what_is_mapped(ForeignToken token) throws Exception {
        try (ContextState state = token.read(token.octets())) {
            assertArrayEquals(expected(token, state), token.write(state));
        }
    }

    /** Replaces in the library's octets what is not written again: settings of a machine, and what is over. */
    private static byte[] expected(ForeignToken token, ContextState state) {
        byte[] octets = token.octets();
        if (token.exporter() instanceof Heimdal8ContextExporter) {
            return expectedOfHeimdal8(token, octets);
        }
        if (!(token.exporter() instanceof MitContextExporter)) {
            String closeCache = token.fact("mapped.closeCache");
            if (!closeCache.isEmpty()) {
                int at = Integer.parseInt(closeCache);
                assertEquals(0x40, octets[at] & 0x40);
                octets[at] &= ~0x40;
            }
            return octets;
        }
        int[] library = range(token.fact("mapped.library"));
        int[] authenticator = range(token.fact("mapped.authenticator"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(octets, 0, library[0]);
        try (StateWriter settings = new StateWriter(0, 64)) {
            MitLibraryContext.encode(state.agreement(), settings);
            out.write(settings.array(), 0, settings.position());
        }
        out.write(octets, library[1], authenticator[0] - library[1]);
        out.write(octets, authenticator[1], octets.length - authenticator[1]);
        return out.toByteArray();
    }

    /** The list has no gap and no 0 then, and an authenticator's time is not known. */
    private static byte[] expectedOfHeimdal8(ForeignToken token, byte[] octets) {
        byte[] header = HexFormat.of().parseHex("08092a864886f712010202");
        int body = header.length + 2;
        assertArrayEquals(
                HexFormat.of()
                        .parseHex(
                                token.fact("enctype").equals("23")
                                                && token.fact("acceptorSubkey").isEmpty()
                                        ? "8201ec"
                                        : "8201fc"),
                Arrays.copyOfRange(octets, body, body + 3));
        int[] authenticator = range(token.fact("mapped.authenticator"));
        int[] window = range(token.fact("mapped.window"));
        assertEquals(octets.length, window[1]);
        try (StateWriter out = new StateWriter(0, 64)) {
            out.uint8(0x81);
            out.uint8(octets[body + 2] & 0xff);
            out.octets(Arrays.copyOfRange(octets, body + 3, authenticator[0]));
            out.octets(Arrays.copyOfRange(octets, authenticator[1], window[0]));
            int first = (int) token.number("base");
            int gone = (int) token.number("gone");
            for (int number : new int[] {12, 0, 20, 20, first}) {
                HeimdalPacked.encode(number, out);
            }
            for (int i = 1; i <= 20; i++) {
                HeimdalPacked.encode(first + Math.max(gone - i, -1), out);
            }
            try (StateWriter whole = new StateWriter(0, 64)) {
                whole.octets(header);
                HeimdalPacked.encode(Arrays.copyOf(out.array(), out.position()), whole);
                return Arrays.copyOf(whole.array(), whole.position());
            }
        }
    }

    private static int[] range(String text) {
        return Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void sealed_format_carries_it_as_it_is(ForeignToken token) throws Exception {
        try (ContextState state = token.read(token.octets());
                StateWriter out = new StateWriter(0, 64)) {
            BatonFormat.encode(state, Delegation.DROP, out);
            StateReader in = new StateReader(out.array(), 0, out.position());
            try (ContextState moved = BatonFormat.decode(in, Delegation.DROP, new SecureRandom())) {
                in.expectEnd();
                assertEquals(StateText.of(state), StateText.of(moved));
                assertArrayEquals(token.write(state), token.write(moved));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void one_format_recognises_it(ForeignToken token) {
        byte[] octets = token.octets();
        assertTrue(token.exporter().recognises(octets));
        assertEquals(
                1,
                ForeignToken.EXPORTERS.stream()
                        .filter(exporter -> exporter.recognises(octets))
                        .count());
        assertFalse(token.exporter().recognises(new byte[0]));
        assertFalse(token.exporter().recognises(Arrays.copyOf(octets, 10)));
    }
}
