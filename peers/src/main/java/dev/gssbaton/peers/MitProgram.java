package dev.gssbaton.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * MIT's GSS-API library in a C program of our own, compiled on first use, for what the JDK's native bridge has no call: DCE
 * style, GSS_Pseudo_random, and what the library says of channel bindings. See {@link NativePeer#C_COMPILER}.
 */
public final class MitProgram implements AutoCloseable {
    private static final String SOURCE = "gss-context.c";
    private static Path compiled;

    private final NativeCredentials credentials;
    private final Map<String, String> environment;
    private final PrivateFolder folder = new PrivateFolder("mit-program");

    /**
     * Makes credentials for the program.
     *
     * @param kdc the KDC
     * @param configuration lines of krb5.conf's {@code [libdefaults]} that go before the KDC's own
     */
    public MitProgram(Kdc kdc, String... configuration) {
        credentials = new NativeCredentials(kdc, false);
        environment = new HashMap<>(credentials.environment());
        Path more = folder.write("krb5.conf", "[libdefaults]\n" + String.join("\n", configuration) + "\n");
        environment.merge("KRB5_CONFIG", more.toString(), (own, first) -> first + ":" + own);
    }

    /**
     * Starts an initiator.
     *
     * @param self who initiates
     * @param target the service
     * @param flags the services asked for, as in RFC 2744
     * @param bindings the application data of its channel bindings; empty for none
     * @return the context, which the caller closes
     */
    public MitContext initiator(Account self, Account target, int flags, String bindings) {
        credentials.initiateAs(self);
        return start("initiate", target.principal(), Integer.toString(flags), bindings);
    }

    /**
     * Starts an acceptor.
     *
     * @param self who accepts
     * @param bindings the application data of its channel bindings; empty for none
     * @return the context, which the caller closes
     */
    public MitContext acceptor(Account self, String bindings) {
        credentials.acceptAs(self);
        return start("accept", bindings);
    }

    private MitContext start(String... arguments) {
        List<String> line = new ArrayList<>(List.of(program().toString()));
        line.addAll(List.of(arguments));
        try {
            return new MitContext(Command.builder(environment, line)
                    .redirectErrorStream(false)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + line.get(0), e);
        }
    }

    private static synchronized Path program() {
        if (compiled == null) {
            compiled = CompiledC.compile(
                    SOURCE, "gss-context", NativePeer.MIT.library().toString());
        }
        return compiled;
    }

    /** Removes the credentials. Contexts go on with what they have read. */
    @Override
    public void close() {
        credentials.close();
        folder.close();
    }
}
