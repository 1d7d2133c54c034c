package dev.gssbaton.handoff;

import dev.gssbaton.BatonManager;
import dev.gssbaton.Offer;
import dev.gssbaton.TransferSession;
import dev.gssbaton.seal.RecipientKeys;
import dev.gssbaton.seal.SessionKeyPair;
import dev.gssbaton.seal.TokenSealer;
import dev.gssbaton.spi.PublicId;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import org.ietf.jgss.GSSException;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;

/** The end that connects, written by hand from the protocol's page, so that it can say what no channel of ours says. */
final class ScriptedPeer implements AutoCloseable {
    static final int HELLO = 1;
    static final int KEYS = 3;
    static final int OFFER = 4;
    static final int TAKEN = 5;
    static final int RENOUNCED = 6;
    static final int DECLINED = 7;
    static final int WITHDRAWN = 8;

    private static final int PUBLIC_KEY = 32;

    private final AFUNIXSocketChannel channel;
    private RecipientKeys keys;
    private TransferSession session;
    private TokenSealer sealer;

    private ScriptedPeer(AFUNIXSocketChannel channel) {
        this.channel = channel;
    }

    /** Connects, and says nothing. */
    static ScriptedPeer silent(Path path) throws IOException {
        AFUNIXSocketChannel channel = AFUNIXSocketChannel.open();
        channel.connect(AFUNIXSocketAddress.of(path));
        channel.setAncillaryReceiveBufferSize(256);
        return new ScriptedPeer(channel);
    }

    /** Connects and greets. */
    static ScriptedPeer greeting(Path path, BatonManager manager) throws IOException, GSSException {
        ScriptedPeer peer = silent(path);
        ByteBuffer hello = peer.receive(HELLO);
        byte[] theirs = new byte[PUBLIC_KEY];
        hello.position(hello.limit() - PUBLIC_KEY).get(theirs);
        try (SessionKeyPair pair = SessionKeyPair.draw(new SecureRandom())) {
            peer.send(
                    HELLO,
                    "BTNH".getBytes(StandardCharsets.US_ASCII),
                    new byte[] {1},
                    manager.claimStoreId().toBytes(),
                    pair.publicKey());
            peer.keys = pair.encapsulate(theirs);
        }
        peer.send(KEYS, peer.keys.message());
        peer.session = manager.session(peer.keys);
        peer.sealer = peer.session.sealerBeside(HandoffRecord.USE);
        return peer;
    }

    TransferSession session() {
        return session;
    }

    static byte[] int32(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    void send(int type, byte[]... parts) throws IOException {
        byte[] rest = frame(type, parts);
        write(together(int32(rest.length), rest));
    }

    /** Announces a descriptor, and sends so many with the octet that follows. */
    void sendWith(FileDescriptor[] descriptors, int type, byte[]... parts) throws IOException {
        byte[] rest = frame(type, parts);
        write(int32(rest.length | 1 << 31));
        sendUnannounced(descriptors, rest);
    }

    /** Sends octets as they are, with descriptors. */
    void sendUnannounced(FileDescriptor[] descriptors, byte[] octets) throws IOException {
        if (descriptors.length > 0) {
            channel.setOutboundFileDescriptors(descriptors);
        }
        write(octets);
    }

    void write(byte[] octets) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(octets);
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    private static byte[] frame(int type, byte[]... parts) {
        return together(new byte[] {(byte) type}, together(parts));
    }

    static byte[] together(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    /** Writes an offer's body, for a socket with a number, or 0. */
    byte[] offer(int number, Offer offer, long inode) throws GSSException {
        byte[] none = {};
        byte[] record = new HandoffRecord(offer.id(), inode, none, none, none)
                .seal(sealer, offer.token().notAfter());
        byte[] token = offer.token().octets();
        return together(int32(number), int32(60_000), int32(token.length), token, record);
    }

    /** Waits for a frame, and gives what follows its type. */
    ByteBuffer receive(int type) throws IOException {
        int length = read(4).getInt() & Integer.MAX_VALUE;
        ByteBuffer frame = read(length);
        for (FileDescriptor each : channel.getReceivedFileDescriptors()) {
            PassedSocket.close(each);
        }
        if (frame.get() != type) {
            throw new IOException("a frame of type " + frame.get(0) + ", not " + type);
        }
        return frame.slice();
    }

    PublicId receiveRenounced(int number) throws IOException {
        ByteBuffer frame = receive(RENOUNCED);
        if (frame.getInt() != number) {
            throw new IOException("another number");
        }
        return new PublicId(frame.getLong(), frame.getLong());
    }

    /** Whether the other end has closed the connection; waits for that or for another octet. */
    boolean seesTheEnd() throws IOException {
        try {
            read(1);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private ByteBuffer read(int count) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(count);
        while (in.hasRemaining()) {
            if (channel.read(in) < 0) {
                throw new EOFException();
            }
        }
        return in.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (keys != null) {
            sealer.close();
            session.close();
            keys.close();
        }
    }
}
