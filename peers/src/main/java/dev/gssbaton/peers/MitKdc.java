package dev.gssbaton.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * MIT's KDC in a process of its own, for all encryption types, each account with its own: see {@link NativePeer#MIT}.
 *
 * <p>It needs neither root nor a system daemon. The process ends with this JVM, however that ends.
 */
public final class MitKdc implements Kdc {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);

    /**
     * Runs the KDC until it ends or the pipe from this JVM closes, and then exits as the KDC did.
     *
     * <p>The shell waits for both its children, so that none is left to an init process that may not be there.
     */
    private static final String UNTIL_END_OF_INPUT = """
            exec 3<&0
            "$@" 3<&- & kdc=$!
            { read -r line <&3; kill $kdc; } & watch=$!
            wait $kdc; status=$?
            kill $watch 2>&-; wait $watch
            exit $status""";

    private static final AtomicInteger STARTED = new AtomicInteger();
    private static MitKdc shared;
    private static Path delegating;

    private final String realm;
    private final int port;
    private final PrivateFolder folder = new PrivateFolder("mit");
    private final Map<String, String> environment;
    private final Path krb5Conf;
    private final Process process;
    private final Map<String, Registered> accounts = new HashMap<>();
    /** What was set last, since every question to kadmin.local is a process. */
    private final Map<String, List<Enctype>> sessionEnctypes = new HashMap<>();

    private boolean closed;

    private record Registered(Account account, List<Enctype> enctypes) {}

    /** @param databases the end of kdc.conf, which may say what the database is; empty for a file */
    private MitKdc(int port, String databases) {
        this.port = port;
        realm = "MIT" + STARTED.incrementAndGet() + ".BATON.TEST";
        krb5Conf = folder.write("krb5.conf", Realms.text(List.of(this)));
        environment = Map.of(
                "KRB5_CONFIG", krb5Conf.toString(),
                "KRB5_KDC_PROFILE",
                        folder.write("kdc.conf", kdcConf() + databases).toString(),
                "TMPDIR", folder.path().toString());
        try {
            run("kdb5_util", "-r", realm, "create", "-s", "-P", "master");
            process = serve();
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
        Realms.add(this);
        AtExit.close(this);
    }

    /** Returns the JVM's MIT KDC, started on first use. */
    public static synchronized MitKdc shared() {
        if (shared == null) {
            shared = start();
        }
        return shared;
    }

    /** Starts a KDC of the caller's own, who closes it. */
    public static MitKdc start() {
        return FreePort.start(port -> new MitKdc(port, ""));
    }

    /**
     * Starts a KDC of the caller's own that also grants constrained delegation, to whom {@link #allowDelegation} says. MIT's
     * database in a file never does, so it is asked through one that is compiled: see {@link NativePeer#C_COMPILER}.
     */
    public static MitKdc startDelegating() {
        Path module = delegating();
        String name = module.getFileName().toString().replace(".so", "");
        return FreePort.start(port -> new MitKdc(port, """
                [dbmodules]
                  db_module_dir = %s
                  database = {
                    db_library = %s
                  }
                """.formatted(module.getParent(), name)));
    }

    private static synchronized Path delegating() {
        if (delegating == null) {
            Path database = NativePeer.path("krb5/plugins/kdb/db2.so");
            delegating = CompiledC.compile(
                    "kdb-delegating.c", "kdb-delegating.so", "-shared", "-fPIC", "-DDB2=\"" + database + "\"");
        }
        return delegating;
    }

    @Override
    public String realm() {
        return realm;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Path krb5Conf() {
        return krb5Conf;
    }

    @Override
    public synchronized Account account(String name, Enctype... enctypes) {
        List<Enctype> wanted = List.of(enctypes);
        Registered known = accounts.get(name);
        if (known == null) {
            if (wanted.isEmpty()) {
                kadmin("addprinc", "-randkey", name);
            } else {
                kadmin("addprinc", "-randkey", "-e", keySalts(wanted), name);
                setSessionEnctypes(name, wanted);
            }
            known = new Registered(new Account(this, name, keytab(name)), wanted);
            accounts.put(name, known);
        } else if (!wanted.isEmpty() && !known.enctypes.equals(wanted)) {
            throw new IllegalArgumentException(
                    name + " exists with " + known.enctypes + ", not " + Arrays.toString(enctypes));
        }
        return known.account;
    }

    @Override
    public synchronized void addPrincipal(String name, String password) {
        kadmin("addprinc", "-pw", password, name);
    }

    @Override
    public synchronized Account renewKeys(Account account) {
        String name = account.name();
        List<Enctype> enctypes = accounts.get(name).enctypes;
        if (enctypes.isEmpty()) {
            kadmin("cpw", "-randkey", "-keepold", name);
        } else {
            kadmin("cpw", "-randkey", "-keepold", "-e", keySalts(enctypes), name);
        }
        Account renewed = new Account(this, name, keytab(name));
        accounts.put(name, new Registered(renewed, enctypes));
        return renewed;
    }

    /**
     * Sets the encryption types of session keys for the account, the KDC's first choice first; the account's own keys
     * stay as they are.
     */
    public synchronized void sessionEnctypes(Account account, Enctype... enctypes) {
        setSessionEnctypes(account.name(), List.of(enctypes));
    }

    private void setSessionEnctypes(String name, List<Enctype> enctypes) {
        if (!enctypes.equals(sessionEnctypes.get(name))) {
            kadmin("setstr", name, "session_enctypes", Enctype.names(enctypes.toArray(Enctype[]::new)));
            sessionEnctypes.put(name, enctypes);
        }
    }

    /**
     * Lets a service get tickets for itself in the name of others, and use them to ask for more (S4U2self). It is asked for
     * so (S4U2proxy) where {@link #allowDelegation} allows it.
     */
    public synchronized void allowImpersonation(Account service) {
        kadmin("modprinc", "+ok_to_auth_as_delegate", service.name());
    }

    /**
     * Lets a service get tickets to another in the name of its clients (S4U2proxy), if this KDC is one of
     * {@link #startDelegating}. Any other refuses.
     */
    public synchronized void allowDelegation(Account service, Account target) {
        kadmin("setstr", service.name(), "delegates_to", target.principal());
    }

    /** Limits the life of tickets issued from now on for the account or to it, in whole seconds. */
    public synchronized void ticketLife(Account account, Duration life) {
        kadmin("modprinc", "-maxlife", life.toSeconds() + " seconds", account.name());
    }

    /** Returns the environment that MIT's programs need to work with this realm. */
    Map<String, String> environment() {
        return environment;
    }

    @Override
    public Path keytab(Account... several) {
        return Keytabs.join(folder.newFile(".keytab"), several);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        synchronized (MitKdc.class) {
            if (shared == this) {
                shared = null;
            }
        }
        AtExit.forget(this);
        Realms.remove(this);
        Processes.endInput(process);
        folder.close();
    }

    @Override
    public String toString() {
        return "MitKdc " + realm + " on 127.0.0.1:" + port;
    }

    private Process serve() {
        List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", UNTIL_END_OF_INPUT, "sh"));
        line.addAll(List.of(NativePeer.path("krb5kdc").toString(), "-n", "-r", realm));
        Path output = folder.file("krb5kdc.out");
        Process started;
        try {
            started = Command.builder(environment, line)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run krb5kdc", e);
        }
        try {
            awaitListening(started);
            return started;
        } catch (IOException e) {
            Processes.endInput(started);
            throw new IllegalStateException(e.getMessage() + ": " + log(output) + log(folder.file("kdc.log")), e);
        } catch (InterruptedException e) {
            Processes.endInput(started);
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while krb5kdc started", e);
        }
    }

    private void awaitListening(Process started) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (probe.isConnected()) {
                    return;
                }
            } catch (IOException refused) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("krb5kdc does not listen after " + START_LIMIT, refused);
                }
            }
            if (started.waitFor(5, TimeUnit.MILLISECONDS)) {
                throw new IOException("krb5kdc ended with " + started.exitValue());
            }
        }
    }

    private Path keytab(String name) {
        Path keytab = folder.newFile(".keytab");
        kadmin("ktadd", "-norandkey", "-k", keytab.toString(), name);
        if (!Files.exists(keytab)) {
            throw new IllegalStateException("kadmin.local wrote no keytab for " + name);
        }
        return keytab;
    }

    private void kadmin(String... query) {
        List<String> arguments = new ArrayList<>(List.of("-r", realm));
        arguments.addAll(List.of(query));
        run("kadmin.local", arguments.toArray(String[]::new));
    }

    private void run(String program, String... arguments) {
        List<String> line = new ArrayList<>(List.of(NativePeer.path(program).toString()));
        line.addAll(List.of(arguments));
        Command.succeed(folder, environment, line);
    }

    private static String keySalts(List<Enctype> enctypes) {
        return String.join(
                ",",
                enctypes.stream()
                        .map(enctype -> enctype.registeredName() + ":normal")
                        .toList());
    }

    private String kdcConf() {
        return """
                [kdcdefaults]
                  kdc_listen = ""
                  kdc_tcp_listen = 127.0.0.1:%d
                [realms]
                  %s = {
                    database_name = %s
                    database_module = database
                    key_stash_file = %s
                    supported_enctypes = %s
                    max_life = 1d
                    max_renewable_life = 7d
                  }
                [logging]
                  kdc = FILE:%s
                  admin_server = FILE:%s
                """.formatted(
                        port,
                        realm,
                        folder.file("principal"),
                        folder.file("stash"),
                        keySalts(List.of(Enctype.values())).replace(',', ' '),
                        folder.file("kdc.log"),
                        folder.file("kadmin.log"));
    }

    private static String log(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "(" + file + " is unreadable: " + e.getMessage() + ")";
        }
    }
}
