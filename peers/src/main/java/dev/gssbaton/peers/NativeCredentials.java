package dev.gssbaton.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The private credential cache, keytab and krb5.conf of a program that uses a Kerberos C library.
 *
 * <p>A library looks for them in its environment, so their paths stay and their contents change.
 */
final class NativeCredentials implements AutoCloseable {
    private final PrivateFolder folder = new PrivateFolder("native");
    private final Map<String, String> environment;
    /** Caches as kinit left them, by account. */
    private final Map<Account, Path> fresh = new HashMap<>();

    /**
     * @param heimdal whether the krb5.conf is for Heimdal, which else tries UDP first and waits; MIT and the JDK, which
     *     obey udp_preference_limit, do not know its way of writing TCP
     */
    NativeCredentials(Kdc kdc, boolean heimdal) {
        Path krb5Conf = kdc.krb5Conf();
        if (heimdal) {
            krb5Conf = folder.write(
                    "krb5.conf", Realms.text(List.of(kdc)).replace("kdc = 127.0.0.1", "kdc = tcp/127.0.0.1"));
        }
        environment = Map.of(
                "KRB5_CONFIG", krb5Conf.toString(),
                "KRB5CCNAME", "FILE:" + folder.file("ccache"),
                "KRB5_KTNAME", "FILE:" + folder.file("keytab"),
                // Where MIT keeps its replay cache; the default is shared by all programs of the account.
                "KRB5RCACHEDIR", folder.path().toString(),
                "TMPDIR", folder.path().toString());
    }

    Map<String, String> environment() {
        return environment;
    }

    /** Puts a ticket-granting ticket of the account, and nothing else, in the place of what the cache held. */
    void initiateAs(Account account) {
        replace("ccache", fresh.computeIfAbsent(account, this::kinit));
    }

    private Path kinit(Account account) {
        Path cache = folder.newFile(".ccache");
        Command.succeed(
                folder,
                Map.of("KRB5_CONFIG", account.kdc().krb5Conf().toString()),
                List.of(
                        NativePeer.path("kinit").toString(),
                        "-c",
                        "FILE:" + cache,
                        "-k",
                        "-t",
                        account.keytab().toString(),
                        account.principal()));
        return cache;
    }

    /** Puts the account's keytab in the place of the one before. */
    void acceptAs(Account account) {
        replace("keytab", account.keytab());
    }

    private void replace(String name, Path with) {
        try {
            Files.copy(with, folder.file(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot copy " + with, e);
        }
    }

    @Override
    public void close() {
        folder.close();
    }
}
