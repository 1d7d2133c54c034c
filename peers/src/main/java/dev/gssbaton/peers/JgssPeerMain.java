package dev.gssbaton.peers;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;

/**
 * The child of {@link JgssPeer}: contexts of the platform's GSS-API, or of a manager whose supplier is the argument, one after the other or side by side.
 *
 * <p>A frame is an operation and its arguments; the answer is 0 and the result, or 1 and a GSSException, or 2 and any
 * other failure. A context's number counts from 0 in the order of their making.
 */
final class JgssPeerMain {
    private final boolean nativeBridge = Boolean.getBoolean("sun.security.jgss.native");
    private final GSSManager manager;
    private final List<PeerContext> contexts = new ArrayList<>();
    private final Oid krb5;

    private JgssPeerMain(GSSManager manager) throws GSSException {
        this.manager = manager;
        krb5 = new Oid("1.2.840.113554.1.2.2");
    }

    public static void main(String[] arguments) throws Exception {
        Frames parent = Frames.toParent();
        JgssPeerMain peer = new JgssPeerMain(arguments.length == 0 ? GSSManager.getInstance() : manager(arguments[0]));
        for (byte[] frame = parent.read(); frame != null; frame = parent.read()) {
            parent.write(peer.answer(new DataInputStream(new ByteArrayInputStream(frame))));
        }
    }

    private static GSSManager manager(String supplier) throws ReflectiveOperationException {
        Object made = Class.forName(supplier).getDeclaredConstructor().newInstance();
        return (GSSManager) ((Supplier<?>) made).get();
    }

    private byte[] answer(DataInputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(0);
        try {
            answer(PeerOperation.valueOf(in.readUTF()), in, out);
        } catch (GSSException e) {
            bytes.reset();
            out.writeByte(1);
            out.writeInt(e.getMajor());
            out.writeInt(e.getMinor());
            out.writeUTF(String.valueOf(e.getMinorString()));
        } catch (RuntimeException e) {
            e.printStackTrace();
            bytes.reset();
            out.writeByte(2);
            out.writeUTF(e.toString());
        }
        return bytes.toByteArray();
    }

    private void answer(PeerOperation operation, DataInputStream in, DataOutputStream out)
            throws GSSException, IOException {
        switch (operation) {
            case INITIATE ->
                add(
                        initiate(
                                in.readUTF(),
                                Path.of(in.readUTF()),
                                in.readUTF(),
                                new ContextRequest(ContextRequest.flags(in.readUTF()), in.readInt(), in.readUTF())),
                        out);
            case ACCEPT -> add(accept(in.readUTF(), Path.of(in.readUTF()), in.readUTF()), out);
            case IMPORT -> add(PeerContext.of(manager.createContext(bytes(in)), null), out);
            default -> answer(operation, contexts.get(in.readInt()), in, out);
        }
    }

    private static void answer(PeerOperation operation, PeerContext context, DataInputStream in, DataOutputStream out)
            throws GSSException, IOException {
        switch (operation) {
            case STEP -> {
                write(out, context.step(bytes(in)));
                out.writeBoolean(context.isEstablished());
            }
            case FACTS -> write(out, context.facts());
            case WRAP -> write(out, context.wrap(bytes(in), in.readBoolean()));
            case UNWRAP -> write(out, context.unwrap(bytes(in)));
            case MIC -> write(out, context.mic(bytes(in)));
            case VERIFY_MIC -> write(out, context.verifyMic(bytes(in), bytes(in)));
            case EXPORT -> write(out, context.export());
            case DELEGATED_NAME -> out.writeUTF(context.delegatedName());
            case CLOSE -> context.close();
            default -> throw new IllegalStateException(operation + " makes a context and takes none");
        }
    }

    private PeerContext initiate(String self, Path keytab, String target, ContextRequest request) throws GSSException {
        // A C library takes the credential cache that is in its environment.
        Subject subject = nativeBridge ? null : Login.initiator(self, keytab);
        GSSContext context = manager.createContext(Account.gssName(target), krb5, null, request.lifetime());
        LocalContext.request(context, request);
        return PeerContext.of(context, subject);
    }

    private PeerContext accept(String self, Path keytab, String bindings) throws GSSException {
        // A C library takes the keytab that is in its environment.
        Subject subject = nativeBridge ? null : Login.acceptor(self, keytab);
        GSSContext context;
        try {
            context = nativeBridge
                    ? manager.createContext((GSSCredential) null)
                    : Login.as(
                            subject,
                            () -> manager.createContext(manager.createCredential(
                                    Account.gssName(self),
                                    GSSCredential.INDEFINITE_LIFETIME,
                                    krb5,
                                    GSSCredential.ACCEPT_ONLY)));
        } catch (GSSException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("Only GSSException is declared", e);
        }
        LocalContext.bind(context, bindings);
        return PeerContext.of(context, subject);
    }

    private void add(PeerContext context, DataOutputStream out) throws IOException {
        out.writeInt(contexts.size());
        out.writeBoolean(context.isEstablished());
        contexts.add(context);
    }

    static byte[] bytes(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void write(DataOutputStream out, ContextFacts facts) throws IOException {
        out.writeUTF(ContextRequest.names(facts.flags()));
        out.writeBoolean(facts.protectionReady());
        out.writeBoolean(facts.transferable());
        out.writeInt(facts.lifetime());
        out.writeUTF(facts.source());
        out.writeUTF(facts.target());
    }

    private static void write(DataOutputStream out, Received received) throws IOException {
        write(out, received.message());
        out.writeBoolean(received.confidential());
        out.writeBoolean(received.duplicate());
        out.writeBoolean(received.old());
        out.writeBoolean(received.unsequenced());
        out.writeBoolean(received.gap());
    }
}
