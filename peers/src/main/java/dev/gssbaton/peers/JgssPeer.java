package dev.gssbaton.peers;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;

/**
 * A JVM with contexts of the platform's GSS-API, which knows nothing of Baton: the JDK's own Kerberos, or a C library
 * behind the JDK's native bridge. Or, for the other end of a hand-over, a JVM with a manager that the test brings.
 *
 * <pre>{@code
 * try (JgssPeer peer = JgssPeer.jdk(kdc)) {
 *     PeerContext client = peer.initiator(alice, service, ContextRequest.full());
 *     byte[] token = client.step(new byte[0]);
 * }
 * }</pre>
 *
 * <p>The platform's class path has this module alone. It makes any number of contexts; all are gone when it is closed. Safe for
 * use by several threads, which take turns.
 */
public final class JgssPeer implements AutoCloseable {
    static final Arguments NO_ARGUMENTS = out -> {};

    private static final Duration LIFE = Duration.ofMinutes(30);

    private static final Map<List<Object>, JgssPeer> SHARED = new HashMap<>();

    private final ForkedJvm jvm;
    /** The C library's credentials, null for the JDK's own mechanism. */
    private final NativeCredentials credentials;

    private JgssPeer(ForkedJvm jvm, NativeCredentials credentials) {
        this.jvm = jvm;
        this.credentials = credentials;
    }

    /** Starts a JVM with the JDK's own Kerberos, and JVM arguments such as {@code -Dsun.security.krb5.debug=true}. */
    public static JgssPeer jdk(Kdc kdc, String... jvmArguments) {
        return new JgssPeer(builder().kdc(kdc).jvm(jvmArguments).start(), null);
    }

    /**
     * Starts a JVM with this JVM's class path, whose GSS-API is that of a manager of its own.
     *
     * @param managers a class with a constructor without arguments, which gives out the manager
     */
    public static JgssPeer managedBy(Class<? extends Supplier<GSSManager>> managers, Kdc kdc, String... jvmArguments) {
        return new JgssPeer(
                ForkedJvm.running(JgssPeerMain.class)
                        .arguments(managers.getName())
                        .timeLimit(LIFE)
                        .kdc(kdc)
                        .jvm(jvmArguments)
                        .start(),
                null);
    }

    /**
     * Starts a JVM whose GSS-API is the C library of a native peer; {@code kinit} is MIT's with either.
     *
     * <p>An imported context's {@link PeerContext#isEstablished} is false there although it works.
     */
    public static JgssPeer nativeLibrary(NativePeer library, Kdc kdc, String... jvmArguments) {
        NativeCredentials credentials = new NativeCredentials(kdc, library == NativePeer.HEIMDAL);
        ForkedJvm.Builder builder = builder()
                .jvm("-Dsun.security.jgss.native=true")
                .jvm("-Dsun.security.jgss.lib=" + library.library())
                .jvm("-Djavax.security.auth.useSubjectCredsOnly=false")
                .jvm(jvmArguments);
        credentials.environment().forEach(builder::environment);
        return new JgssPeer(builder.start(), credentials);
    }

    /** Returns this JVM's peer with the JDK's own Kerberos and that KDC, started on first use; nobody closes it. */
    public static synchronized JgssPeer sharedJdk(Kdc kdc) {
        return SHARED.computeIfAbsent(List.of("JDK", kdc), none -> jdk(kdc));
    }

    /** Returns this JVM's peer with a C library and that KDC, started on first use; nobody closes it. */
    public static synchronized JgssPeer shared(NativePeer library, Kdc kdc) {
        return SHARED.computeIfAbsent(List.of(library, kdc), none -> nativeLibrary(library, kdc));
    }

    private static ForkedJvm.Builder builder() {
        try {
            Path thisModule = Path.of(JgssPeer.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return ForkedJvm.running(JgssPeerMain.class).classPath(thisModule).timeLimit(LIFE);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("The class path is not of files", e);
        }
    }

    /**
     * Returns a new initiator.
     *
     * @throws GSSException if the mechanism refuses
     */
    public PeerContext initiator(Account self, Account target, ContextRequest request) throws GSSException {
        return initiator(self, target.principal(), request);
    }

    /**
     * Returns a new initiator for a target by its whole principal.
     *
     * @throws GSSException if the mechanism refuses
     */
    public PeerContext initiator(Account self, String target, ContextRequest request) throws GSSException {
        return ask(
                PeerOperation.INITIATE,
                out -> {
                    if (credentials != null) {
                        credentials.initiateAs(self);
                    }
                    out.writeUTF(self.principal());
                    out.writeUTF(self.keytab().toString());
                    out.writeUTF(target);
                    out.writeUTF(ContextRequest.names(request.flags()));
                    out.writeInt(request.lifetime());
                    out.writeUTF(request.bindings());
                },
                this::context);
    }

    /**
     * Returns a new acceptor without channel bindings.
     *
     * @throws GSSException if the mechanism refuses
     */
    public PeerContext acceptor(Account self) throws GSSException {
        return acceptor(self, "");
    }

    /**
     * Returns a new acceptor with the application data of channel bindings.
     *
     * @throws GSSException if the mechanism refuses
     */
    public PeerContext acceptor(Account self, String bindings) throws GSSException {
        return ask(
                PeerOperation.ACCEPT,
                out -> {
                    if (credentials != null) {
                        credentials.acceptAs(self);
                    }
                    out.writeUTF(self.principal());
                    out.writeUTF(self.keytab().toString());
                    out.writeUTF(bindings);
                },
                this::context);
    }

    /**
     * Returns a context from an interprocess token.
     *
     * @throws GSSException if the mechanism refuses, as the JDK's own does with any token
     */
    public PeerContext imported(byte[] token) throws GSSException {
        return ask(PeerOperation.IMPORT, out -> JgssPeerMain.write(out, token), this::context);
    }

    /** Returns the JVM's handle. */
    public ProcessHandle handle() {
        return jvm.handle();
    }

    /** Ends the JVM; harmless when repeated. */
    @Override
    public void close() {
        jvm.close();
        if (credentials != null) {
            credentials.close();
        }
    }

    private PeerContext context(DataInputStream in) throws IOException {
        return new RemoteContext(this, in.readInt(), in.readBoolean());
    }

    synchronized <T> T ask(PeerOperation operation, Arguments arguments, Answer<T> answer) throws GSSException {
        try {
            ByteArrayOutputStream question = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(question);
            out.writeUTF(operation.name());
            arguments.write(out);
            jvm.write(question.toByteArray());
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(jvm.read()));
            return switch (in.readUnsignedByte()) {
                case 0 -> answer.read(in);
                case 1 -> throw new GSSException(in.readInt(), in.readInt(), in.readUTF());
                default -> throw new IllegalStateException(operation + " failed in the peer: " + in.readUTF());
            };
        } catch (IOException e) {
            throw new UncheckedIOException("The peer's answer to " + operation + " is cut short", e);
        }
    }

    /** Writes an operation's arguments. */
    interface Arguments {
        void write(DataOutputStream out) throws IOException;
    }

    /** Reads an operation's result. */
    interface Answer<T> {
        T read(DataInputStream in) throws IOException;
    }
}
