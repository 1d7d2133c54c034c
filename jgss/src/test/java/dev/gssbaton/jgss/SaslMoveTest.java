package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonManager;
import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.ForkedJvm;
import dev.gssbaton.program.GoesOnWithSasl;
import java.nio.charset.StandardCharsets;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A SASL connection that goes on elsewhere, in mid-stream, while its peer notices nothing. */
class SaslMoveTest {
    private static final byte[] MESSAGE = "hello".getBytes(StandardCharsets.UTF_8);

    private final Account user = EmbeddedKdc.shared().account("alice");
    private final Account service = EmbeddedKdc.shared().account("sample/localhost");
    private final BatonManager manager = BatonManager.withDefaults();

    private SaslPair movable(Side clientSide, Side serverSide, String qop) throws Exception {
        SaslPair pair = SaslPair.make(user, service, clientSide, serverSide, qop);
        return new SaslPair(
                        BatonSaslClient.around(pair.client()),
                        BatonSaslServer.around(pair.server()),
                        pair.clientSubject(),
                        pair.serverSubject())
                .authenticate();
    }

    private static void exchange(SaslClient client, SaslServer server) throws SaslException {
        byte[] request = client.wrap(MESSAGE, 0, MESSAGE.length);
        assertArrayEquals(MESSAGE, server.unwrap(request, 0, request.length));
        byte[] answer = server.wrap(MESSAGE, 0, MESSAGE.length);
        assertArrayEquals(MESSAGE, client.unwrap(answer, 0, answer.length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"auth-int", "auth-conf"})
    void aServersConnectionMovesToAnotherProcess(String qop) throws Exception {
        SaslPair pair = movable(Side.JDK, Side.BATON, qop);
        exchange(pair.client(), pair.server());
        BatonSaslServer here = (BatonSaslServer) pair.server();
        String known = here.getAuthorizationID() + " " + qop + " " + here.getNegotiatedProperty(Sasl.MAX_BUFFER) + " "
                + here.getNegotiatedProperty(Sasl.RAW_SEND_SIZE);
        byte[] underWay = pair.client().wrap(MESSAGE, 0, MESSAGE.length);
        byte[] note = here.note();
        byte[] token = here.context().export();
        try (ForkedJvm there = ForkedJvm.running(GoesOnWithSasl.class)
                .jvm("-Dbaton.home=" + System.getProperty("baton.home"))
                .start()) {
            there.write(note);
            there.write(token);
            assertEquals(known, new String(there.read(), StandardCharsets.UTF_8));
            for (int i = 0; i < 20; i++) {
                there.write(i == 0 ? underWay : pair.client().wrap(MESSAGE, 0, MESSAGE.length));
                byte[] answer = there.read();
                assertArrayEquals(MESSAGE, pair.client().unwrap(answer, 0, answer.length));
            }
            assertEquals(0, there.endInput());
        }
        assertThrows(SaslException.class, () -> here.wrap(MESSAGE, 0, MESSAGE.length));
        assertThrows(GSSException.class, here::note);
    }

    @Test
    void bothSidesMoveAgainAndAgain() throws Exception {
        SaslPair pair = movable(Side.BATON, Side.BATON, "auth-conf");
        BatonSaslClient client = (BatonSaslClient) pair.client();
        BatonSaslServer server = (BatonSaslServer) pair.server();
        for (int i = 0; i < 3; i++) {
            exchange(client, server);
            byte[] note = client.note();
            client = BatonSaslClient.resume(
                    manager.createContext(client.context().export()), note);
            note = server.note();
            server = BatonSaslServer.resume(
                    manager.createContext(server.context().export()), note);
            assertTrue(client.isComplete() && server.isComplete());
            assertEquals(user.principal(), server.getAuthorizationID());
        }
        byte[] replayed = client.wrap(MESSAGE, 0, MESSAGE.length);
        server.unwrap(replayed, 0, replayed.length);
        BatonSaslServer last = server;
        assertThrows(SaslException.class, () -> last.unwrap(replayed, 0, replayed.length));
        server.dispose();
        assertThrows(SaslException.class, () -> last.wrap(MESSAGE, 0, MESSAGE.length));
    }

    @Test
    void aConnectionWithoutALayerMovesAndHasNoMessages() throws Exception {
        SaslPair pair = movable(Side.JDK, Side.BATON, "auth");
        BatonSaslServer here = (BatonSaslServer) pair.server();
        byte[] note = here.note();
        BatonSaslServer there =
                BatonSaslServer.resume(manager.createContext(here.context().export()), note);
        assertEquals(user.principal(), there.getAuthorizationID());
        assertThrows(IllegalStateException.class, () -> there.wrap(MESSAGE, 0, MESSAGE.length));
        assertThrows(IllegalStateException.class, () -> there.evaluateResponse(MESSAGE));
    }

    @Test
    void aNoteIsTakenWithItsOwnContextAndRoleAlone() throws Exception {
        SaslPair pair = movable(Side.BATON, Side.BATON, "auth-conf");
        SaslPair other = movable(Side.BATON, Side.BATON, "auth-conf");
        BatonSaslServer server = (BatonSaslServer) pair.server();
        BatonSaslClient client = (BatonSaslClient) pair.client();
        byte[] note = server.note();
        for (int i = 0; i < note.length; i++) {
            byte[] changed = note.clone();
            changed[i] ^= 1;
            assertThrows(GSSException.class, () -> BatonSaslServer.resume(server.context(), changed));
        }
        for (byte[] wrong : new byte[][] {{}, new byte[31], ((BatonSaslServer) other.server()).note(), client.note()}) {
            assertThrows(GSSException.class, () -> BatonSaslServer.resume(server.context(), wrong));
        }
        assertThrows(GSSException.class, () -> BatonSaslClient.resume(client.context(), note));
        exchange(client, BatonSaslServer.resume(server.context(), note));
    }

    @Test
    void nothingMovesBeforeTheEndOrFromTheJdksMechanism() throws Exception {
        SaslPair pair = SaslPair.make(user, service, Side.BATON, Side.BATON, "auth-conf");
        BatonSaslServer early = BatonSaslServer.around(pair.server());
        assertThrows(IllegalStateException.class, early::context);
        assertThrows(IllegalStateException.class, early::note);
        SaslPair jdks = movable(Side.JDK, Side.JDK, "auth-conf");
        assertThrows(IllegalStateException.class, ((BatonSaslServer) jdks.server())::context);
    }
}
