package dev.gssbaton.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gssbaton.BatonContext;
import dev.gssbaton.ImportOptions.Role;
import dev.gssbaton.spi.MechanismContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/**
 * Two established contexts that talk to each other, with the mechanism's contexts behind them.
 *
 * @param initiator the initiator's side
 * @param acceptor the acceptor's side
 * @param behindInitiator what the mechanism made for the initiator
 * @param behindAcceptor what the mechanism made for the acceptor
 */
record Pair(
        BatonContext initiator,
        BatonContext acceptor,
        MechanismContext behindInitiator,
        MechanismContext behindAcceptor) {

    BatonContext side(Role role) {
        return role == Role.INITIATOR ? initiator : acceptor;
    }

    BatonContext peerOf(Role role) {
        return role == Role.INITIATOR ? acceptor : initiator;
    }

    MechanismContext behind(Role role) {
        return role == Role.INITIATOR ? behindInitiator : behindAcceptor;
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What a message asks for: encryption, if the context has it. */
    static MessageProp sealed(BatonContext context) {
        return new MessageProp(0, context.getConfState());
    }

    static byte[] wrap(BatonContext from, String text) throws GSSException {
        byte[] message = text(text);
        return from.wrap(message, 0, message.length, sealed(from));
    }

    static List<byte[]> wrap(BatonContext from, int count) throws GSSException {
        List<byte[]> tokens = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tokens.add(wrap(from, "message " + i));
        }
        return tokens;
    }

    /** Unwraps a token and gives what is reported of it. */
    static Set<Report> receive(BatonContext to, byte[] token) throws GSSException {
        MessageProp prop = new MessageProp(0, false);
        to.unwrap(token, 0, token.length, prop);
        return Report.of(prop);
    }

    /** Lets a message pass, which arrives as it was. */
    static void arrive(BatonContext from, BatonContext to, String text) throws GSSException {
        byte[] token = wrap(from, text);
        assertArrayEquals(text(text), to.unwrap(token, 0, token.length, new MessageProp(0, false)), "the message");
    }

    /** Lets a message pass, which arrives as it was, in order, and unlike any before. */
    static void pass(BatonContext from, BatonContext to, String text) throws GSSException {
        byte[] token = wrap(from, text);
        MessageProp prop = new MessageProp(0, false);
        assertArrayEquals(text(text), to.unwrap(token, 0, token.length, prop), "the message");
        assertEquals(Set.of(), Report.of(prop), "the report on the message '" + text + "'");
    }

    /** Lets messages pass in both directions. */
    void talk() throws GSSException {
        for (int i = 0; i < 3; i++) {
            pass(initiator, acceptor, "to the acceptor " + i);
            pass(acceptor, initiator, "to the initiator " + i);
        }
    }
}
