package dev.gssbaton.cli.serve;

import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.Problem;
import dev.gssbaton.cli.dispatch.Dispatcher;
import dev.gssbaton.cli.dispatch.Limits;
import dev.gssbaton.cli.dispatch.Listening;
import dev.gssbaton.cli.process.Closing;
import dev.gssbaton.cli.process.PrivateFolder;
import dev.gssbaton.cli.process.Watchdog;
import dev.gssbaton.cli.sample.Answers;
import dev.gssbaton.cli.worker.Stores;
import dev.gssbaton.cli.worker.WorkerMain;
import dev.gssbaton.cli.worker.WorkerPool;
import dev.gssbaton.cli.worker.WorkerSettings;
import dev.gssbaton.krb5.credential.Krb5Credential;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code baton serve}. */
@Command(
        name = "serve",
        description = {
            "Accepts Kerberos contexts, hands each to a worker process, and lets that answer.",
            "Speaks the protocol of MIT's gss-sample programs: gss-client is its client.%n"
        })
public final class ServeCommand implements Callable<Integer> {
    /** Tokens of this command are not for other programs of the account. */
    private static final String PURPOSE = "baton serve";

    private static final int MAX_PORT = 65535;
    private static final int MAX_WORKERS = 64;
    private static final int MAX_CONNECTIONS = 4096;
    private static final int MAX_SECONDS = 24 * 60 * 60;

    @Option(names = "--keytab", required = true, paramLabel = "FILE", description = "The service's keytab.")
    private Path keytab;

    @Option(
            names = "--principal",
            paramLabel = "NAME",
            description = "The service's principal. Default: whichever principal of the keytab a client asks for.")
    private String principal;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "The address to listen on. Default: ${DEFAULT-VALUE}.")
    private String address;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "4444",
            description = "The port, or 0 for any that is free. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "2",
            description = "Number of worker processes. Default: ${DEFAULT-VALUE}.")
    private int workers;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "256",
            description = "How many clients may be connected at the same time. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--handshake",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long a client may take to authenticate. Default: ${DEFAULT-VALUE}.")
    private int handshake;

    @Option(
            names = "--idle",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "How long a conversation may stand still. Default: ${DEFAULT-VALUE}.")
    private int idle;

    @Option(
            names = "--directory",
            paramLabel = "DIRECTORY",
            description = "Where keys and claims are kept. Default: BATON_HOME, or .baton in the home directory.")
    private Path directory;

    @Option(
            names = "--takeover",
            description = {
                "Take over from the process of this account that serves the same address and port with the same"
                        + " --directory: the listening socket and every session, which no client notices. It ends"
                        + " then. Begins afresh if there is none."
            })
    private boolean takeover;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        checkRange("--port", port, 0, MAX_PORT);
        checkRange("--workers", workers, 1, MAX_WORKERS);
        checkRange("--connections", connections, 1, MAX_CONNECTIONS);
        checkRange("--handshake", handshake, 1, MAX_SECONDS);
        checkRange("--idle", idle, 1, MAX_SECONDS);
        if (takeover && port == 0) {
            throw new ParameterException(spec.commandLine(), "--takeover needs the port that is served, not 0");
        }
        try (Closing closing = Closing.atExit()) {
            try {
                serve(closing);
            } catch (Exception e) {
                if (!closing.isReasonOfFailure()) {
                    throw e;
                }
            }
        }
        return 0;
    }

    private void serve(Closing closing) throws Exception {
        GSSCredential credential = credential();
        Stores stores = new Stores(directory, PURPOSE);
        stores.prepare();
        InetSocketAddress wanted = address();
        Watchdog watchdog = closing.add(new Watchdog());
        Optional<ControlConnection> running =
                takeover ? TakeoverPlace.of(stores, wanted).connect() : Optional.empty();
        Listening listening;
        if (running.isPresent()) {
            closing.add(running.get());
            listening = closing.add(Listening.of(Succession.ask(running.get(), watchdog)));
        } else {
            listening = closing.add(listen(wanted));
        }
        PrivateFolder folder = closing.add(PrivateFolder.create());
        Dispatcher dispatcher = new Dispatcher(
                listening,
                stores.manager().build(),
                credential,
                this::say,
                new Limits(connections, Duration.ofSeconds(handshake)),
                watchdog);
        WorkerPool pool = WorkerPool.start(
                new WorkerSettings(WorkerMain.class, workers, List.of(), stores, Answers.MIC, Duration.ofSeconds(idle)),
                folder.path(),
                this::say,
                dispatcher,
                watchdog,
                closing);
        closing.add(dispatcher);
        ServeHandOver handOver = new ServeHandOver(pool, this::say);
        // As it was asked for: the system may call any address of this host by another name.
        InetSocketAddress served =
                new InetSocketAddress(wanted.getAddress(), listening.address().getPort());
        Succession succession = closing.add(new Succession(
                TakeoverPlace.of(stores, served), stores, listening, dispatcher, handOver, pool, watchdog, this::say));
        if (running.isPresent()) {
            succession.follow(running.get());
        } else {
            if (takeover) {
                say("nobody to take over from: begins afresh");
            }
            succession.begin();
        }
        say("listening on " + served.getAddress().getHostAddress() + " port " + served.getPort() + " as "
                + (principal == null ? "any principal of " + keytab : principal));
        say("workers " + pool.describe() + "; Ctrl-C ends");
        dispatcher.run(handOver);
    }

    private GSSCredential credential() throws Problem, GSSException {
        if (!Files.exists(keytab)) {
            throw new Problem("there is no keytab " + keytab
                    + ": let the KDC's administrator make one (kadmin ktadd), and name it with --keytab");
        }
        if (!Files.isRegularFile(keytab) || !Files.isReadable(keytab)) {
            throw new Problem("keytab " + keytab + " cannot be read by " + System.getProperty("user.name")
                    + ": it must be a file, and this account needs read permission");
        }
        return Krb5Credential.fromKeytab(keytab, principal);
    }

    private InetSocketAddress address() throws Problem {
        try {
            return new InetSocketAddress(InetAddress.getByName(address), port);
        } catch (UnknownHostException e) {
            throw new Problem("there is no address " + address + ": check --listen", e);
        }
    }

    private Listening listen(InetSocketAddress at) throws IOException, Problem {
        try {
            return Listening.at(at);
        } catch (BindException e) {
            throw new Problem(
                    "cannot listen on " + address + " port " + port + " (" + Complaint.of(e)
                            + "): choose another with --port, or any free one with --port 0"
                            + (takeover ? "; nobody can be taken over from who keeps keys elsewhere" : ""),
                    e);
        }
    }

    private void checkRange(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new ParameterException(spec.commandLine(), option + " is " + min + " to " + max + ", not " + value);
        }
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
