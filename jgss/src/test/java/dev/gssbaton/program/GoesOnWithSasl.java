package dev.gssbaton.program;

import dev.gssbaton.BatonManager;
import dev.gssbaton.jgss.BatonSaslServer;
import dev.gssbaton.peers.Frames;
import java.nio.charset.StandardCharsets;
import javax.security.sasl.Sasl;

/**
 * The process to which a SASL server's connection moves: reads note and token, writes what it knows, and then answers each
 * message with the same message.
 */
public final class GoesOnWithSasl {
    private GoesOnWithSasl() {}

    public static void main(String[] args) throws Exception {
        Frames parent = Frames.toParent();
        byte[] note = parent.read();
        byte[] token = parent.read();
        BatonSaslServer server =
                BatonSaslServer.resume(BatonManager.withDefaults().createContext(token), note);
        String known = server.getAuthorizationID() + " " + server.getNegotiatedProperty(Sasl.QOP) + " "
                + server.getNegotiatedProperty(Sasl.MAX_BUFFER) + " "
                + server.getNegotiatedProperty(Sasl.RAW_SEND_SIZE);
        parent.write(known.getBytes(StandardCharsets.UTF_8));
        for (byte[] message = parent.read(); message != null; message = parent.read()) {
            byte[] plain = server.unwrap(message, 0, message.length);
            parent.write(server.wrap(plain, 0, plain.length));
        }
        server.dispose();
    }
}
