package dev.gssbaton.jgss;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A peer that speaks Kafka's protocol as far as SASL goes, with tokens that it is given. */
final class KafkaPeer {
    private static final int HANDSHAKE = 17;
    private static final int AUTHENTICATE = 36;
    private static final int TIMEOUT_MILLIS = 60_000;

    /** What a broker answers that takes the token. */
    static final String GOES_ON = "goes on";

    private KafkaPeer() {}

    /** What is in a request beside its header. */
    @FunctionalInterface
    private interface Body {
        void write(DataOutputStream out) throws IOException;
    }

    /** Sends the first token of GSSAPI to a broker, and tells what it answers. */
    static String answer(int port, byte[] token) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            request(out, HANDSHAKE, 1, body -> body.writeUTF("GSSAPI"));
            DataInputStream handshake = response(in);
            if (handshake.readShort() != 0) {
                throw new IOException("the broker has no GSSAPI");
            }
            request(out, AUTHENTICATE, 0, body -> {
                body.writeInt(token.length);
                body.write(token);
            });
            try {
                DataInputStream authenticate = response(in);
                int code = authenticate.readShort();
                String text = new String(
                        authenticate.readNBytes(Math.max(authenticate.readShort(), 0)), StandardCharsets.UTF_8);
                // Who is let in keeps the connection; who is not loses it.
                return code == 0 ? GOES_ON : code + " " + text + (in.read() < 0 ? ", and closes" : "");
            } catch (EOFException | SocketException e) {
                return "closes";
            }
        }
    }

    private static void request(DataOutputStream out, int key, int version, Body body) throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        DataOutputStream frame = new DataOutputStream(octets);
        frame.writeShort(key);
        frame.writeShort(version);
        frame.writeInt(key); // the correlation
        frame.writeUTF("peer"); // the client's name: two octets of length, as Kafka writes it
        body.write(frame);
        out.writeInt(octets.size());
        out.write(octets.toByteArray());
        out.flush();
    }

    private static DataInputStream response(DataInputStream in) throws IOException {
        byte[] frame = in.readNBytes(in.readInt());
        DataInputStream response = new DataInputStream(new ByteArrayInputStream(frame));
        response.readInt(); // the correlation
        return response;
    }
}
