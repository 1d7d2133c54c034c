package dev.gssbaton.cli.demo;

import dev.gssbaton.cli.Problem;
import dev.gssbaton.cli.process.ChildJvm;
import dev.gssbaton.cli.process.Closing;
import dev.gssbaton.cli.process.PrivateFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code baton demo}. */
@Command(
        name = "demo",
        description = {
            "Hands Kerberos contexts from a dispatcher to workers while their clients talk on.",
            "Needs nothing installed: brings a KDC of its own, and leaves nothing behind.%n"
        })
public final class DemoCommand implements Callable<Integer> {
    private static final int MAX_CONTEXTS = 1000;
    private static final int MAX_WORKERS = 16;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Option(
            names = "--contexts",
            paramLabel = "N",
            defaultValue = "50",
            description = "Number of clients, each with a context. Default: ${DEFAULT-VALUE}.")
    private int contexts;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "2",
            description = "Number of worker processes. Default: ${DEFAULT-VALUE}.")
    private int workers;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        checkRange("--contexts", contexts, MAX_CONTEXTS);
        checkRange("--workers", workers, MAX_WORKERS);
        Tally tally = new Tally(contexts);
        try (Closing closing = Closing.atExit()) {
            try {
                run(tally, closing.add(DemoKdc.start()), closing);
            } catch (Exception e) {
                if (!closing.isReasonOfFailure()) {
                    throw e;
                }
            }
            if (closing.isClosed()) {
                return 1; // by a signal: what was added up so far says nothing
            }
        }
        say("");
        say("Tried, and refused:");
        tally.refusals().forEach(line -> say("  " + line));
        say("");
        say("handed over " + tally.handedOver() + " of " + contexts + " contexts; " + tally.lost() + " lost; "
                + tally.liveTwice() + " live twice");
        return tally.isPerfect() ? 0 : 1;
    }

    private void run(Tally tally, DemoKdc kdc, Closing closing) throws Exception {
        PrivateFolder folder = closing.add(PrivateFolder.create());
        Path serviceKeytab = folder.resolve("service.keytab");
        Path clientKeytab = folder.resolve("clients.keytab");
        Path krb5Conf = folder.resolve("krb5.conf");
        kdc.addPrincipals(List.of(Script.SERVICE), serviceKeytab);
        kdc.writeConfiguration(krb5Conf);
        say("KDC         in this process (pid " + ProcessHandle.current().pid() + "), realm " + DemoKdc.REALM
                + ", 127.0.0.1 port " + kdc.port());

        Path directory = folder.resolve("baton"); // made by its first user, with the mode that it must have
        ChildJvm dispatcher = closing.add(ChildJvm.start(
                DemoDispatcher.class,
                ChildJvm.QUICK_TO_START,
                List.of(serviceKeytab.toString(), directory.toString(), String.valueOf(workers))));
        kdc.addPrincipals(clientPrincipals(), clientKeytab);
        Report listening = listening(dispatcher);
        say("dispatcher  pid " + dispatcher.pid() + ", " + Script.SERVICE + ", 127.0.0.1 port " + listening.word(0));
        say("workers     " + listening.word(1));
        Thread dispatcherReports = follow(dispatcher, tally, closing);

        List<String> options = new ArrayList<>(ChildJvm.QUICK_TO_START);
        options.add("-Djava.security.krb5.conf=" + krb5Conf);
        ChildJvm clients = closing.add(ChildJvm.start(
                DemoClients.class,
                options,
                List.of(listening.word(0), clientKeytab.toString(), String.valueOf(contexts))));
        say("clients     pid " + clients.pid() + ", " + contexts + " users of the JDK's own JGSS");
        say("");
        Thread clientReports = follow(clients, tally, closing);
        if (!clients.awaitExit(PATIENCE)) {
            say("clients still wait after " + PATIENCE.toMinutes() + " min: given up");
            clients.close();
        }
        clientReports.join();
        dispatcher.close();
        dispatcherReports.join();
    }

    private Report listening(ChildJvm dispatcher) throws IOException, Problem {
        String last = "nothing";
        for (String line = dispatcher.readLine(); line != null; line = dispatcher.readLine()) {
            Report report = Report.parse(line);
            if (report.kind() == Report.Kind.LISTENING) {
                return report;
            }
            last = report.word(0);
        }
        throw new Problem("the dispatcher ended before it listened; it said: " + last);
    }

    /** Adds what a process reports until it ends. */
    private Thread follow(ChildJvm child, Tally tally, Closing closing) {
        Thread thread = new Thread(
                () -> {
                    try {
                        for (String line = child.readLine(); line != null; line = child.readLine()) {
                            String text = tally.add(Report.parse(line));
                            if (text != null && !isEnding(tally, closing)) {
                                say(text);
                            }
                        }
                    } catch (IOException e) {
                        say("lost " + child + ": " + e.getMessage());
                    }
                },
                "baton-reports");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Tells whether everything ends, as on Ctrl-C. */
    private static boolean isEnding(Tally tally, Closing closing) {
        return tally.isFirstFailure() ? closing.isReasonOfFailure() : closing.isClosed();
    }

    private List<String> clientPrincipals() {
        List<String> names = new ArrayList<>(IntStream.rangeClosed(1, contexts)
                .mapToObj(Script::client)
                .map(Script::principal)
                .toList());
        names.add(Script.principal(Script.LATE));
        return names;
    }

    private void checkRange(String option, int value, int max) {
        if (value < 1 || value > max) {
            throw new ParameterException(spec.commandLine(), option + " is 1 to " + max + ", not " + value);
        }
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
