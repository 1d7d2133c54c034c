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
import org.apache.jute.BinaryInputArchive;
import org.apache.jute.BinaryOutputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.proto.ConnectRequest;
import org.apache.zookeeper.proto.GetSASLRequest;
import org.apache.zookeeper.proto.ReplyHeader;
import org.apache.zookeeper.proto.RequestHeader;

/** A peer that speaks ZooKeeper's protocol as far as SASL goes, with tokens that it is given. */
final class ZooKeeperPeer {
    private static final int SESSION_MILLIS = 30_000;
    private static final int TIMEOUT_MILLIS = 60_000;

    /** What a server answers that takes the token. */
    static final String GOES_ON = "goes on";

    private ZooKeeperPeer() {}

    /** Sends the first token of GSSAPI to a server, and tells what it answers. */
    static String answer(int port, byte[] token) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            send(out, new ConnectRequest(0, 0, SESSION_MILLIS, 0, new byte[16], false));
            in.readFully(new byte[in.readInt()]);
            send(out, new RequestHeader(1, OpCode.sasl), new GetSASLRequest(token));
            StringBuilder answer = new StringBuilder();
            try {
                while (true) {
                    int error = error(in);
                    if (error == 0 && answer.isEmpty()) {
                        return GOES_ON;
                    }
                    answer.append(KeeperException.Code.get(error)).append(", and ");
                }
            } catch (EOFException | SocketException e) {
                return answer + "closes";
            }
        }
    }

    private static void send(DataOutputStream out, Record... records) throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        BinaryOutputArchive archive = BinaryOutputArchive.getArchive(octets);
        for (Record record : records) {
            record.serialize(archive, "");
        }
        out.writeInt(octets.size());
        out.write(octets.toByteArray());
        out.flush();
    }

    private static int error(DataInputStream in) throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        ReplyHeader header = new ReplyHeader();
        header.deserialize(BinaryInputArchive.getArchive(new ByteArrayInputStream(frame)), "");
        return header.getErr();
    }
}
