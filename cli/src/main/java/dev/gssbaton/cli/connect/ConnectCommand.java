package dev.gssbaton.cli.connect;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.Offer;
import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.EncryptionTypeName;
import dev.gssbaton.cli.Problem;
import dev.gssbaton.cli.process.ChildJvm;
import dev.gssbaton.cli.process.Closing;
import dev.gssbaton.cli.process.PrivateFolder;
import dev.gssbaton.cli.process.Watchdog;
import dev.gssbaton.cli.sample.Initiation;
import dev.gssbaton.cli.sample.Talk;
import dev.gssbaton.cli.worker.Stores;
import dev.gssbaton.cli.worker.WorkerProcess;
import dev.gssbaton.handoff.Gift;
import dev.gssbaton.handoff.Parcel;
import dev.gssbaton.spi.Mechanism;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code baton connect}. */
@Command(
        name = "connect",
        description = {
            "Establishes a Kerberos context with a server, sends messages, and in the middle of the conversation hands the"
                    + " context to another process, which goes on.",
            "Speaks the protocol of MIT's gss-sample programs: gss-server is its server. The tickets are those of kinit,"
                    + " or of a keytab.%n"
        })
public final class ConnectCommand implements Callable<Integer> {
    /** Tokens of this command are not for other programs of the account. */
    private static final String PURPOSE = "baton connect";

    private static final String KRB5_PRINCIPAL_NAME = "1.2.840.113554.1.2.2.1";

    private static final int MAX_MESSAGES = 1_000_000;
    private static final int MAX_AHEAD = 64;
    private static final int MAX_SECONDS = 24 * 60 * 60;

    @Parameters(index = "0", paramLabel = "HOST:PORT", description = "Where the server listens.")
    private String address;

    @Parameters(
            index = "1",
            paramLabel = "SERVICE@HOST",
            description = "The service, as gss-server was given it; or its principal, SERVICE/HOST@REALM.")
    private String service;

    @Option(
            names = "--mech",
            paramLabel = "NAME",
            defaultValue = "krb5",
            description = "The mechanism's name or object identifier. Default: ${DEFAULT-VALUE}.")
    private String mech;

    @Option(
            names = "--messages",
            paramLabel = "N",
            defaultValue = "10",
            description = "Number of messages. Default: ${DEFAULT-VALUE}.")
    private int messages;

    @Option(
            names = "--handover",
            paramLabel = "K",
            description = "After how many messages the context moves, 0 for before the first. Default: half of them.")
    private Integer handover;

    @Option(
            names = "--ahead",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many messages may be under way without an answer. Default: ${DEFAULT-VALUE}.")
    private int ahead;

    @Option(
            names = "--keytab",
            paramLabel = "FILE",
            description = "A keytab with the principal's key. Default: the credential cache, KRB5CCNAME.")
    private Path keytab;

    @Option(names = "--principal", paramLabel = "NAME", description = "Who initiates. Default: the cache's principal.")
    private String principal;

    @Option(names = "--no-mutual", description = "Do not ask the server to prove who it is.")
    private boolean noMutual;

    @Option(names = "--no-replay", description = "Do not ask for replay detection.")
    private boolean noReplay;

    @Option(names = "--no-sequence", description = "Do not ask for the detection of messages out of order.")
    private boolean noSequence;

    @Option(names = "--no-conf", description = "Wrap messages without encrypting them.")
    private boolean noConf;

    @Option(names = "--no-wrap", description = "Send messages as they are.")
    private boolean noWrap;

    @Option(names = "--no-mic", description = "Do not ask for a MIC of each message.")
    private boolean noMic;

    @Option(names = "--delegate", description = "Delegate the credential.")
    private boolean delegate;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long the server may take for an answer. Default: ${DEFAULT-VALUE}.")
    private int timeout;

    @Option(
            names = "--directory",
            paramLabel = "DIRECTORY",
            description = "Where keys and claims are kept. Default: BATON_HOME, or .baton in the home directory.")
    private Path directory;

    @Spec
    private CommandSpec spec;

    private final AtomicInteger here = new AtomicInteger();
    private final AtomicInteger there = new AtomicInteger();
    private String complaint;

    @Override
    public Integer call() throws Exception {
        ServerAddress server = server();
        checkRange("--messages", messages, 1, MAX_MESSAGES);
        int after = handover == null ? messages / 2 : handover;
        checkRange("--handover", after, 0, messages - 1);
        checkRange("--ahead", ahead, 1, MAX_AHEAD);
        checkRange("--timeout", timeout, 1, MAX_SECONDS);
        if (keytab != null && principal == null) {
            throw new ParameterException(spec.commandLine(), "--keytab needs --principal: whose key is it?");
        }
        try (Closing closing = Closing.atExit()) {
            try {
                connect(server, after, closing);
            } catch (Exception e) {
                if (!closing.isReasonOfFailure()) {
                    throw e;
                }
            }
        }
        return here.get() + there.get() == messages ? 0 : 1;
    }

    private ServerAddress server() {
        try {
            return ServerAddress.parse(address);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void connect(ServerAddress address, int after, Closing closing) throws Exception {
        InitiatorLogin.useConfigurationOfKerberos();
        Stores stores = new Stores(directory, PURPOSE);
        stores.prepare();
        BatonManager manager = stores.manager().build();
        Oid mechanism = mechanism();
        Subject subject = InitiatorLogin.login(keytab, principal);
        PrivateFolder folder = closing.add(PrivateFolder.create());
        Path socket = folder.resolve("worker.sock");
        WorkerProcess worker = closing.add(WorkerProcess.start(
                ConnectWorker.class,
                ChildJvm.QUICK_TO_START,
                ConnectWorker.arguments(socket, stores, messages, ahead, protections()),
                socket,
                stores,
                "the other process",
                closing::add));
        Watchdog watchdog = closing.add(new Watchdog());
        SocketChannel server = closing.add(SocketChannel.open());
        BatonContext context = as(subject, () -> context(manager, mechanism));
        try {
            byte[] first = as(subject, () -> context.initSecContext(new byte[0], 0, 0));
            Watchdog.Guard guard = watchdog.guard(Duration.ofSeconds(timeout), server, worker::kill);
            try {
                connect(server, address);
                as(subject, () -> {
                    Initiation.establish(context, first, server);
                    return null;
                });
                guard.progress();
                say("context of " + context.getSrcName() + " with " + context.getTargName() + ", "
                        + EncryptionTypeName.of(context));
                converse(context, server, after, guard, worker);
            } catch (IOException | Problem e) {
                // What happened first closed the connection, and everything else follows from that.
                throw guard.expired()
                        ? new Problem(address + " has not answered for " + timeout + " s: is it gss-server?", e)
                        : e;
            } finally {
                guard.close();
            }
        } finally {
            context.dispose();
        }
    }

    private Oid mechanism() throws Problem {
        List<String> names = new ArrayList<>();
        for (Mechanism known : ServiceLoader.load(Mechanism.class)) {
            if (mech.equals(known.name()) || mech.equals(known.oid().toString())) {
                return known.oid();
            }
            names.add(known.name());
        }
        throw new Problem("there is no mechanism " + mech + ", only " + String.join(", ", names));
    }

    private BatonContext context(BatonManager manager, Oid mechanism) throws GSSException {
        GSSName target = manager.createName(
                service, service.contains("/") ? new Oid(KRB5_PRINCIPAL_NAME) : GSSName.NT_HOSTBASED_SERVICE);
        BatonContext context = manager.createContext(target, mechanism, null, GSSContext.DEFAULT_LIFETIME);
        context.requestMutualAuth(!noMutual);
        context.requestReplayDet(!noReplay);
        context.requestSequenceDet(!noSequence);
        context.requestConf(!noConf);
        context.requestCredDeleg(delegate);
        return context;
    }

    private Set<Talk.Protection> protections() {
        Set<Talk.Protection> all = EnumSet.allOf(Talk.Protection.class);
        if (noWrap) {
            all.remove(Talk.Protection.WRAP);
        }
        if (noWrap || noConf) {
            all.remove(Talk.Protection.ENCRYPT);
        }
        if (noMic) {
            all.remove(Talk.Protection.ANSWER_MIC);
        }
        return all;
    }

    private static void connect(SocketChannel server, ServerAddress address) throws IOException, Problem {
        try {
            server.connect(new InetSocketAddress(address.host(), address.port()));
        } catch (UnresolvedAddressException e) {
            throw new Problem("there is no host " + address.host(), e);
        } catch (ConnectException | NoRouteToHostException e) {
            throw new Problem(
                    "cannot connect to " + address + " (" + e.getMessage() + "): is gss-server running there?", e);
        }
    }

    private void converse(
            BatonContext context, SocketChannel server, int after, Watchdog.Guard guard, WorkerProcess worker)
            throws Exception {
        try {
            Talk talk = new Talk(context, server, protections(), ahead, 0, 0, number -> {
                here.incrementAndGet();
                guard.progress();
            });
            talk.sendUpTo(after);
            handOver(context, talk, server, guard, worker);
        } finally {
            say("answered " + (here.get() + there.get()) + " of " + messages + " messages: " + here
                    + " in this process, " + there + " in process " + worker.pid());
        }
        if (complaint != null) {
            throw new Problem("the other process says: " + complaint);
        }
        if (here.get() + there.get() != messages) {
            throw new Problem("the server ended the conversation");
        }
    }

    private void handOver(
            BatonContext context, Talk talk, SocketChannel server, Watchdog.Guard guard, WorkerProcess worker)
            throws Exception {
        Gift gift =
                worker.give(Parcel.of(context, server).withNote(new Progress(talk.sent(), talk.answered()).encode()));
        if (gift.state() != Offer.State.GIVEN) {
            throw new Problem("the other process has not taken the context: "
                    + gift.reason().orElse("it is not known why"));
        }
        say("context and connection to process " + worker.pid() + " after " + talk.sent() + " messages, "
                + (talk.sent() - talk.answered()) + " of them unanswered");
        follow(worker, guard);
        worker.close();
    }

    /** Counts what the worker has verified, until it is through or gone. */
    private void follow(WorkerProcess worker, Watchdog.Guard guard) throws IOException {
        for (String line = worker.readLine();
                line != null && !line.equals(ConnectWorker.THROUGH);
                line = worker.readLine()) {
            if (line.startsWith(ConnectWorker.ANSWERED)) {
                there.incrementAndGet();
                guard.progress();
            } else {
                complaint = Complaint.line(line);
            }
        }
    }

    private static <T> T as(Subject subject, PrivilegedExceptionAction<T> action) throws Exception {
        try {
            return Subject.doAs(subject, action);
        } catch (PrivilegedActionException e) {
            throw e.getException();
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
