package dev.gssbaton.peers;

import java.io.DataInputStream;
import java.io.IOException;
import org.ietf.jgss.GSSException;

/** A context of a {@link JgssPeer}. */
final class RemoteContext implements PeerContext {
    private final JgssPeer peer;
    private final int number;
    private boolean established;

    RemoteContext(JgssPeer peer, int number, boolean established) {
        this.peer = peer;
        this.number = number;
        this.established = established;
    }

    @Override
    public byte[] step(byte[] token) throws GSSException {
        return ask(PeerOperation.STEP, out -> JgssPeerMain.write(out, token), in -> {
            byte[] reply = JgssPeerMain.bytes(in);
            established = in.readBoolean();
            return reply;
        });
    }

    @Override
    public boolean isEstablished() {
        return established;
    }

    @Override
    public ContextFacts facts() throws GSSException {
        return ask(
                PeerOperation.FACTS,
                JgssPeer.NO_ARGUMENTS,
                in -> new ContextFacts(
                        ContextRequest.flags(in.readUTF()),
                        in.readBoolean(),
                        in.readBoolean(),
                        in.readInt(),
                        in.readUTF(),
                        in.readUTF()));
    }

    @Override
    public byte[] wrap(byte[] message, boolean confidential) throws GSSException {
        return ask(
                PeerOperation.WRAP,
                out -> {
                    JgssPeerMain.write(out, message);
                    out.writeBoolean(confidential);
                },
                JgssPeerMain::bytes);
    }

    @Override
    public Received unwrap(byte[] token) throws GSSException {
        return ask(PeerOperation.UNWRAP, out -> JgssPeerMain.write(out, token), RemoteContext::received);
    }

    @Override
    public byte[] mic(byte[] message) throws GSSException {
        return ask(PeerOperation.MIC, out -> JgssPeerMain.write(out, message), JgssPeerMain::bytes);
    }

    @Override
    public Received verifyMic(byte[] mic, byte[] message) throws GSSException {
        return ask(
                PeerOperation.VERIFY_MIC,
                out -> {
                    JgssPeerMain.write(out, mic);
                    JgssPeerMain.write(out, message);
                },
                RemoteContext::received);
    }

    @Override
    public byte[] export() throws GSSException {
        return ask(PeerOperation.EXPORT, JgssPeer.NO_ARGUMENTS, JgssPeerMain::bytes);
    }

    @Override
    public String delegatedName() throws GSSException {
        return ask(PeerOperation.DELEGATED_NAME, JgssPeer.NO_ARGUMENTS, in -> in.readUTF());
    }

    @Override
    public void close() throws GSSException {
        ask(PeerOperation.CLOSE, JgssPeer.NO_ARGUMENTS, in -> null);
    }

    private <T> T ask(PeerOperation operation, JgssPeer.Arguments arguments, JgssPeer.Answer<T> answer)
            throws GSSException {
        return peer.ask(
                operation,
                out -> {
                    out.writeInt(number);
                    arguments.write(out);
                },
                answer);
    }

    private static Received received(DataInputStream in) throws IOException {
        return new Received(
                JgssPeerMain.bytes(in),
                in.readBoolean(),
                in.readBoolean(),
                in.readBoolean(),
                in.readBoolean(),
                in.readBoolean());
    }
}
