package dev.gssbaton.cli.keys;

import dev.gssbaton.cli.Age;
import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.EncryptionTypeName;
import dev.gssbaton.cli.Problem;
import dev.gssbaton.krb5.credential.KeytabKeys;
import dev.gssbaton.seal.AccountKeys;
import dev.gssbaton.seal.AccountKeys.Entry;
import dev.gssbaton.spi.PublicId;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.ietf.jgss.GSSException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code baton keys}. Shows a key's identifier and age, never the key. */
@Command(
        name = "keys",
        description = {
            "Lists and changes the account's keys: whoever holds one can import what it sealed. keytab lists a service's.",
            "To renew: add, wait until all processes have seen it (some seconds), primary, wait for the longest life of a"
                    + " token, drop.%n"
        },
        synopsisSubcommandLabel = "COMMAND")
public final class KeysCommand {
    @Option(
            names = "--directory",
            scope = ScopeType.INHERIT,
            paramLabel = "DIRECTORY",
            description = "Where the keys are. Default: BATON_HOME, or .baton in the home directory.")
    private Path directory;

    @Spec
    private CommandSpec spec;

    @Command(name = "list", description = "Lists the keys, oldest first.")
    void list() throws GSSException {
        try (AccountKeys keys = keys()) {
            List<Entry> entries = keys.list();
            if (entries.isEmpty()) {
                out().println("no keys yet: the first export makes one, and so does baton keys add");
            }
            Instant now = Instant.now();
            for (Entry entry : entries) {
                out().println(entry.id() + "  made " + Age.of(Duration.between(entry.created(), now)) + " ago"
                        + (entry.primary() ? "  primary" : ""));
            }
        }
    }

    @Command(name = "add", description = "Makes a key, which is accepted from now on and seals nothing yet.")
    void add() throws GSSException, Problem {
        try (AccountKeys keys = keys()) {
            Entry added = keys.add();
            out().println(added.id() + (added.primary() ? "  added, primary, since it is the first" : "  added"));
        } catch (IllegalStateException e) {
            throw new Problem(e.getMessage(), e);
        }
    }

    @Command(name = "primary", description = "Lets a key seal new tokens. The former one stays accepted.")
    void primary(@Parameters(paramLabel = "ID", description = "The key, or its first digits.") String id)
            throws GSSException, Problem {
        try (AccountKeys keys = keys()) {
            PublicId found = find("primary", keys, id);
            keys.makePrimary(found);
            out().println(found + "  primary");
        } catch (IllegalArgumentException e) {
            throw new Problem(e.getMessage(), e);
        }
    }

    @Command(name = "drop", description = "Drops a key: what it sealed can no longer be imported.")
    void drop(@Parameters(paramLabel = "ID", description = "The key, or its first digits.") String id)
            throws GSSException, Problem {
        try (AccountKeys keys = keys()) {
            PublicId found = find("drop", keys, id);
            keys.drop(found);
            out().println(found + "  dropped");
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new Problem(e.getMessage(), e);
        }
    }

    @Command(name = "keytab", description = "Lists the entries of a service's keytab that open tokens, oldest first.")
    void keytab(
            @Parameters(paramLabel = "FILE", description = "The keytab.") Path file,
            @Parameters(paramLabel = "PRINCIPAL", description = "The service: nfs/host.example@EXAMPLE.")
                    String principal)
            throws GSSException {
        try (KeytabKeys keys = KeytabKeys.in(file, principal)) {
            List<KeytabKeys.Entry> entries = keys.list();
            if (entries.isEmpty()) {
                out().println("no entries of " + Complaint.line(principal) + " that could seal");
            }
            Instant now = Instant.now();
            for (KeytabKeys.Entry entry : entries) {
                out().println("kvno " + Integer.toUnsignedString(entry.kvno()) + "  "
                        + EncryptionTypeName.of(entry.encryptionType()) + "  written " + written(entry, now)
                        + (entry.seals() ? "  seals" : ""));
            }
        }
    }

    private static String written(KeytabKeys.Entry entry, Instant now) {
        return entry.written().isAfter(now)
                ? "in " + Age.of(Duration.between(now, entry.written()))
                : Age.of(Duration.between(entry.written(), now)) + " ago";
    }

    private PublicId find(String command, AccountKeys keys, String digits) throws GSSException, Problem {
        String wanted = digits.toLowerCase(Locale.ROOT);
        if (!wanted.matches("[0-9a-f]{4,32}")) {
            throw new ParameterException(
                    spec.subcommands().get(command), "ID is a key's 32 hexadecimal digits, or at least its first 4");
        }
        List<PublicId> found = keys.list().stream()
                .map(Entry::id)
                .filter(id -> id.toString().startsWith(wanted))
                .toList();
        if (found.size() != 1) {
            throw new Problem((found.isEmpty() ? "no key begins" : found.size() + " keys begin") + " with " + wanted
                    + ": see baton keys list");
        }
        return found.get(0);
    }

    private AccountKeys keys() {
        return directory == null ? AccountKeys.ofUser() : AccountKeys.in(directory);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
