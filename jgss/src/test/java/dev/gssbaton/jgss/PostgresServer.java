package dev.gssbaton.jgss;

import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.Kdc;
import dev.gssbaton.peers.NativePeer;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Debian's PostgreSQL on 127.0.0.1, which lets in nobody but by GSS-API with encryption, and never as root: who is root runs it as
 * the account {@code postgres}.
 */
final class PostgresServer implements AutoCloseable {
    /** One each tenth of a second. */
    private static final int ATTEMPTS = 600;

    private final Path folder;
    private final int port;
    private final Process process;

    PostgresServer(Kdc kdc, Account service, String role) throws Exception {
        folder = Files.createTempDirectory("baton-postgres-");
        Files.copy(service.keytab(), folder.resolve("keytab"));
        Files.copy(kdc.krb5Conf(), folder.resolve("krb5.conf"));
        if (isRoot()) {
            run(List.of("chown", "-R", "postgres:", folder.toString()));
        }
        String data = folder.resolve("data").toString();
        run(own("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"));
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.writeString(
                Path.of(data, "postgresql.conf"),
                """
                listen_addresses = '127.0.0.1'
                port = %d
                unix_socket_directories = '%s'
                krb_server_keyfile = '%s'
                fsync = off
                """.formatted(port, folder, folder.resolve("keytab")),
                StandardOpenOption.APPEND);
        Files.writeString(Path.of(data, "pg_hba.conf"), """
                local      all all trust
                hostgssenc all all 127.0.0.1/32 gss include_realm=0
                """);
        process = builder(own("postgres", "-D", data)).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "ends PostgreSQL"));
        try {
            String[] create = {
                "psql",
                "-h",
                folder.toString(),
                "-p",
                "" + port,
                "-U",
                "postgres",
                "-c",
                "create role " + role + " login"
            };
            for (int i = 0; !succeeds(own(create)); i++) {
                if (i == ATTEMPTS || !process.isAlive()) {
                    throw new IOException("PostgreSQL does not start:\n" + Files.readString(folder.resolve("log")));
                }
                Thread.sleep(100);
            }
        } catch (IOException | InterruptedException e) {
            close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static List<String> own(String... program) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        }
        command.add(NativePeer.path(program[0]).toString());
        command.addAll(List.of(program).subList(1, program.length));
        return command;
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("KRB5_CONFIG", folder.resolve("krb5.conf").toString());
        builder.environment().put("LC_ALL", "C");
        File log = folder.resolve("log").toFile();
        return builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    }

    private boolean succeeds(List<String> command) throws IOException, InterruptedException {
        return builder(command).start().waitFor() == 0;
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        if (!succeeds(command)) {
            throw new IOException(command + " fails:\n" + Files.readString(folder.resolve("log")));
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
