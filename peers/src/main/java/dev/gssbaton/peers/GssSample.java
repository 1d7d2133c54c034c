package dev.gssbaton.peers;

import java.util.ArrayList;
import java.util.List;

/**
 * MIT's {@code gss-client} and {@code gss-server}, unmodified: see {@link NativePeer#GSS_SAMPLE}.
 *
 * <p>Each run has a credential cache, a keytab and a replay cache of its own. {@code kinit} is needed too
 * ({@link NativePeer#MIT}).
 */
public final class GssSample {
    private GssSample() {}

    /**
     * Runs {@code gss-client} against a port of localhost to its end.
     *
     * @param self the account it initiates as
     * @param service the account of the server, {@code service/localhost}
     * @param message what it sends
     * @param options options of {@code gss-client}, such as {@code -seq}, {@code -nomutual} or {@code -mcount}, {@code 3}
     * @return exit code 0, and {@code Signature verified.} in the output for each message, if all went well
     */
    public static ProgramResult client(Account self, Account service, int port, String message, String... options) {
        List<String> line = clientLine(service, port, message, options);
        try (NativeCredentials credentials = new NativeCredentials(self.kdc(), false);
                PrivateFolder folder = new PrivateFolder("gss-client")) {
            credentials.initiateAs(self);
            return Command.run(folder, credentials.environment(), line);
        }
    }

    /**
     * Starts {@code gss-client} against a port of localhost, on one connection.
     *
     * @param self the account it initiates as
     * @param service the account of the server, {@code service/localhost}
     * @param message what it sends
     * @param messages how often: more than {@link GssClientProcess#HELD_BACK}
     * @param options options of {@code gss-client}
     */
    public static GssClientProcess startClient(
            Account self, Account service, int port, String message, int messages, String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("-mcount", Integer.toString(messages)));
        return GssClientProcess.start(self, clientLine(service, port, message, all.toArray(String[]::new)), messages);
    }

    private static List<String> clientLine(Account service, int port, String message, String... options) {
        List<String> line = new ArrayList<>();
        line.add(NativePeer.path("gss-client").toString());
        line.addAll(List.of("-port", Integer.toString(port)));
        line.addAll(List.of(options));
        line.addAll(List.of("localhost", hostBased(service), message));
        return line;
    }

    /**
     * Starts a server on a free port of 127.0.0.1 that runs {@code gss-server} for each connection.
     *
     * @param service the account it accepts as, {@code service/localhost}
     * @param options options of {@code gss-server}, such as {@code -export}
     */
    public static GssSampleServer server(Account service, String... options) {
        return new GssSampleServer(service, options);
    }

    /** Returns the name in the form {@code service@localhost}, which the programs take. */
    static String hostBased(Account service) {
        return service.name().replace('/', '@');
    }
}
