package dev.gssbaton.cli.inspect;

import dev.gssbaton.cli.Age;
import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.EncryptionTypeName;
import dev.gssbaton.cli.Problem;
import dev.gssbaton.krb5.credential.KeytabKeys;
import dev.gssbaton.krb5.credential.Krb5Details;
import dev.gssbaton.seal.AccountKeys;
import dev.gssbaton.seal.TokenHeader;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.SequenceNumbers;
import dev.gssbaton.spi.UnsealedExporter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code baton inspect}. */
@Command(
        name = "inspect",
        description = {
            "Shows what an interprocess token says.",
            "Its header is no secret; if this account or the keytab given holds the key, the context's state is shown too, without its keys."
                    + " The token is not taken by that.",
            "Tokens of MIT krb5 and Heimdal are shown too, without the keys that stand in them.%n"
        })
public final class InspectCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "FILE",
            description = "The token, raw, in hexadecimal digits or in base64; - for standard input.")
    private String file;

    @Option(
            names = "--purpose",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "The purpose that the exporting application set. Default: none.")
    private String purpose;

    @Option(
            names = "--directory",
            paramLabel = "DIRECTORY",
            description = "Where the account's keys are. Default: BATON_HOME, or .baton in the home directory.")
    private Path directory;

    @ArgGroup(exclusive = false)
    private Service service;

    /** A service whose keytab's keys may have sealed the token. */
    private static final class Service {
        @Option(
                names = "--keytab",
                paramLabel = "FILE",
                required = true,
                description = "A keytab whose keys may have sealed the token, in place of the account's keys.")
        private Path keytab;

        @Option(
                names = "--principal",
                paramLabel = "NAME",
                required = true,
                description = "Whose entries of the keytab: nfs/host.example@EXAMPLE.")
        private String principal;
    }

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, GSSException, Problem {
        byte[] token = TokenFile.read(file);
        Optional<UnsealedExporter> foreign = ForeignFormats.of(token);
        if (foreign.isPresent()) {
            say("token", token.length + " octets");
            say("sealing", "none: it carries the context's keys in clear");
            try (OpenToken open = OpenToken.open(token, foreign.get())) {
                show(open, Instant.now());
            } finally {
                Arrays.fill(token, (byte) 0);
            }
            return 0;
        }
        TokenHeader header = TokenHeader.decode(token);
        Instant now = Instant.now();
        say("token", header.id() + ", " + token.length + " octets");
        say("version", String.valueOf(TokenHeader.VERSION));
        say("sealing", "XAES-256-GCM");
        if (service != null) {
            try (KeytabKeys keys = KeytabKeys.in(service.keytab, service.principal)) {
                boolean held = keys.importKey(header.keyId(), purpose).isPresent();
                Optional<String> whose = held ? Optional.of("a key of " + service.principal) : Optional.empty();
                show(token, header, keys, whose, "this keytab does not hold the key", now);
            }
        } else {
            try (AccountKeys keys = directory == null ? AccountKeys.ofUser() : AccountKeys.in(directory)) {
                Optional<String> whose = keys.fileIdOf(header.keyId(), purpose).map(id -> "this account's key " + id);
                show(token, header, keys, whose, "this account does not hold the key", now);
            }
        }
        return 0;
    }

    private void show(
            byte[] token, TokenHeader header, KeySource keys, Optional<String> held, String otherwise, Instant now)
            throws GSSException, Problem {
        say("key id", header.keyId() + held.map(whose -> ", " + whose).orElse(""));
        say("store id", header.storeId().toString());
        say("not after", when(header.notAfter(), now));
        say("identity", header.id().toHex());
        if (held.isEmpty()) {
            out().println("The rest is sealed, and " + otherwise
                    + (purpose.isEmpty() ? ", or --purpose is missing." : " for the purpose '" + purpose + "'."));
            return;
        }
        try (OpenToken open = OpenToken.open(token, header, keys, purpose)) {
            show(open, now);
        }
    }

    private void show(OpenToken open, Instant now) {
        MechanismContext context = open.context();
        say("mechanism", name(open.mechanism()) + " (" + open.mechanism() + ")");
        say("format", open.format());
        say("role", context.isInitiator() ? "initiator" : "acceptor");
        say("initiator", text(context.sourceName()));
        say("acceptor", text(context.targetName()));
        say("flags", context.flags().stream().sorted().map(Enum::name).collect(Collectors.joining(", ")));
        say("context ends", context.expiry().equals(Instant.MAX) ? "never" : when(context.expiry(), now));
        say("delegated", context.delegatedCredential() == null ? "no credential" : "a credential");
        context.details(SequenceNumbers.class).ifPresent(numbers -> say("messages", numbers.toString()));
        context.details(Krb5Details.class).ifPresent(details -> show(details, now));
    }

    private void show(Krb5Details details, Instant now) {
        say("enctype", EncryptionTypeName.of(details.encryptionType()) + " (" + details.encryptionType() + ")");
        if (details.authTime() != null) {
            say("authenticated", when(details.authTime(), now));
            say("ticket from", when(details.startTime(), now));
        }
        say("ticket until", when(details.endTime(), now));
        if (details.renewTill() != null) {
            say("renewable", when(details.renewTill(), now));
        }
        say("ticket flags", details.authTime() == null ? "not known" : "0x%08x".formatted(details.ticketFlags()));
        say(
                "authorization",
                details.ticketAuthorizationData().size() + " elements of the ticket, "
                        + details.authenticatorAuthorizationData().size() + " of the client; PAC "
                        + (details.pacVerified() ? "verified" : "not verified"));
    }

    private static String name(Oid mechanism) {
        return ServiceLoader.load(Mechanism.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(known -> known.oid().equals(mechanism))
                .map(Mechanism::name)
                .findFirst()
                .orElse("a mechanism that is not here");
    }

    private static String text(GSSName name) {
        return name == null ? "none" : Complaint.line(name.toString());
    }

    private static String when(Instant instant, Instant now) {
        return instant
                + (instant.isBefore(now)
                        ? ", " + Age.of(Duration.between(instant, now)) + " ago"
                        : ", in " + Age.of(Duration.between(now, instant)));
    }

    private void say(String what, String value) {
        out().printf("%-14s %s%n", what, value);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
