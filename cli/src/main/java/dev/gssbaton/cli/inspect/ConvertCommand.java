package dev.gssbaton.cli.inspect;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.BatonManagerBuilder;
import dev.gssbaton.ExportedToken;
import dev.gssbaton.UnsealedOptions;
import dev.gssbaton.cli.Problem;
import dev.gssbaton.cli.worker.Stores;
import dev.gssbaton.seal.AccountKeys;
import dev.gssbaton.seal.TokenHeader;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.UnsealedExporter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code baton convert}. */
@Command(
        name = "convert",
        description = {
            "Takes an interprocess token of one format and writes one of another.",
            "Formats are baton, which is sealed with this account's keys, and those of other software: mit, heimdal-7, heimdal-8."
                    + " Tokens of the latter carry the context's keys in clear. The token is taken by that: it is claimed on"
                    + " this host, and must not be imported anywhere else.%n"
        })
public final class ConvertCommand implements Callable<Integer> {
    /** More than the header, the tag and the names of mechanism and format have that stand around a sealed state. */
    private static final int SEALING = 512;

    @Option(names = "--from", required = true, paramLabel = "FORMAT", description = "The format of the token in FILE.")
    private String from;

    @Option(names = "--to", required = true, paramLabel = "FORMAT", description = "The format to write.")
    private String to;

    @Parameters(
            paramLabel = "FILE",
            description = "The token, raw, in hexadecimal digits or in base64; - for standard input.")
    private String file;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description =
                    "Where the new token goes, raw, in a new file that its owner alone can read. Default: hexadecimal"
                            + " digits to standard output.")
    private Path output;

    @Option(
            names = "--shared-keystream",
            description = "Write a context of RC4 too, whose copies give away what they encrypt.")
    private boolean sharedKeystream;

    @Option(
            names = "--purpose",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "The purpose of the application, for the format baton. Default: none.")
    private String purpose;

    @Option(
            names = "--directory",
            paramLabel = "DIRECTORY",
            description =
                    "Where the account's keys and the claims are. Default: BATON_HOME, or .baton in the home directory.")
    private Path directory;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, GSSException, Problem {
        requireFormat("--from", from);
        requireFormat("--to", to);
        if (output != null && Files.exists(output)) {
            throw new Problem(output + " is there already: name a new file");
        }
        byte[] token = TokenFile.read(file);
        try {
            convert(token);
        } finally {
            // A foreign one has the keys in clear.
            Arrays.fill(token, (byte) 0);
        }
        return 0;
    }

    private void convert(byte[] token) throws IOException, GSSException, Problem {
        requireForm(token);
        Stores stores = new Stores(directory, purpose);
        stores.prepare();
        int size = tryToWrite(token, stores) + SEALING;
        BatonManagerBuilder builder = stores.manager();
        if (isForeign(from)) {
            builder.allowUnsealedImport(from);
        }
        BatonManager manager = builder.build();
        // Before the token is taken, so that the context is not lost where the disk is full.
        try (ReservedFile reserved =
                output == null ? ReservedFile.temporary(size) : ReservedFile.create(output, size)) {
            try (ExportedToken converted = export(manager.createContext(token))) {
                if (output == null) {
                    print(converted.octets(), reserved);
                } else {
                    reserved.write(converted.octets());
                }
            }
        }
    }

    private void print(byte[] octets, ReservedFile reserved) throws IOException, Problem {
        PrintWriter out = spec.commandLine().getOut();
        out.println(HexFormat.of().formatHex(octets));
        if (out.checkError()) {
            reserved.write(octets);
            throw new Problem(
                    "standard output does not take it, so the new token, of " + to + ", is in " + reserved.path());
        }
    }

    private void requireFormat(String option, String format) {
        if (isForeign(format) && ForeignFormats.named(format).isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " is " + ContextExporter.BATON + ", " + ForeignFormats.names() + ", not " + format);
        }
    }

    private static boolean isForeign(String format) {
        return !format.equals(ContextExporter.BATON);
    }

    private void requireForm(byte[] token) throws Problem {
        String form = TokenHeader.hasMagic(token)
                ? ContextExporter.BATON
                : ForeignFormats.of(token).map(UnsealedExporter::format).orElse("no format known here");
        if (!form.equals(from)) {
            throw new Problem("the token is of " + form + ", not of " + from);
        }
    }

    /**
     * Writes the context once without taking the token, so that what the format cannot carry is told while nothing is lost.
     *
     * @return how many octets it has
     */
    private int tryToWrite(byte[] token, Stores stores) throws GSSException, Problem {
        try (AccountKeys keys = stores.keys();
                OpenToken open = isForeign(from)
                        ? OpenToken.open(token, ForeignFormats.named(from).orElseThrow())
                        : OpenToken.open(token, TokenHeader.decode(token), keys, purpose);
                StateWriter out = new StateWriter(0, token.length)) {
            ContextExporter target = target(open.mechanism());
            if (!open.mechanism().equals(target.mechanism())) {
                throw new Problem(
                        "the format " + to + " is of another mechanism than the token's, " + open.mechanism());
            }
            if (!sharedKeystream
                    && target instanceof UnsealedExporter unsealed
                    && unsealed.sharesKeystream(open.context())) {
                throw new Problem(
                        "the context is of RC4, whose copies give away what they encrypt: consent by --shared-keystream");
            }
            target.write(open.context(), Delegation.DROP, out);
            return out.position();
        }
    }

    private ContextExporter target(Oid mechanism) throws Problem {
        return isForeign(to)
                ? ForeignFormats.named(to).orElseThrow()
                : OpenToken.exporter(mechanism, ContextExporter.BATON);
    }

    private ExportedToken export(BatonContext context) throws GSSException {
        if (!isForeign(to)) {
            return context.exportToken();
        }
        UnsealedOptions options = UnsealedOptions.of(to);
        return context.exportUnsealed(sharedKeystream ? options.consentToSharedKeystream() : options);
    }
}
