package dev.gssbaton.cli;

import dev.gssbaton.cli.connect.ConnectCommand;
import dev.gssbaton.cli.demo.DemoCommand;
import dev.gssbaton.cli.inspect.ConvertCommand;
import dev.gssbaton.cli.inspect.InspectCommand;
import dev.gssbaton.cli.keys.KeysCommand;
import dev.gssbaton.cli.serve.ServeCommand;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The {@code baton} command. Exit code 0: done; 1: it failed; 2: the command line makes no sense. */
@Command(
        name = "baton",
        description = "Hands established GSS-API security contexts from one process to another.",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = JarVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            ConnectCommand.class,
            InspectCommand.class,
            ConvertCommand.class,
            KeysCommand.class
        })
public final class Baton {
    /** Held, since the log manager forgets the level of a logger that nobody holds. */
    private static final Logger LOG = Logger.getLogger("dev.gssbaton");

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Log refusals, and show where a failure came from.")
    private boolean verbose;

    private Baton() {}

    /** Runs the command and ends the JVM with its exit code. */
    public static void main(String... args) {
        Charset charset = Charset.defaultCharset();
        System.exit(run(new PrintWriter(System.out, true, charset), new PrintWriter(System.err, true, charset), args));
    }

    /** Runs the command and returns its exit code. */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        return commandLine().setOut(out).setErr(err).execute(args);
    }

    static CommandLine commandLine() {
        Baton baton = new Baton();
        return new CommandLine(baton)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Baton::misused)
                .setExecutionExceptionHandler(baton::failed)
                .setExecutionStrategy(baton::execute);
    }

    private int execute(ParseResult parsed) {
        // What is refused is the command's own output; the library's log would say it a second time.
        LOG.setLevel(verbose ? Level.ALL : Level.OFF);
        return new CommandLine.RunLast().execute(parsed);
    }

    private static int misused(ParameterException e, String... args) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr().println(name + ": " + Complaint.line(e.getMessage()) + "; see " + name + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    private int failed(Exception e, CommandLine command, ParseResult parsed) {
        command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + Complaint.of(e));
        if (verbose) {
            e.printStackTrace(command.getErr());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }
}
