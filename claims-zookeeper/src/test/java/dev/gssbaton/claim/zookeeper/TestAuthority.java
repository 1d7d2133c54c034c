package dev.gssbaton.claim.zookeeper;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;

/** An authority whose certificates last a day, made by the JDK's keytool. */
final class TestAuthority {
    private static final String PASSWORD = "for a day";
    private static final String ALIAS = "authority";

    private final Path folder;
    private final Path all;
    private final Path password;
    /** A server's names. ZooKeeper's client looks up the name of a server that it was given by number. */
    private final String names = "san=ip:" + Loopback.ADDRESS + ",dns:"
            + InetAddress.getLoopbackAddress().getHostName();

    TestAuthority(Path folder) throws Exception {
        this.folder = Files.createDirectories(folder);
        this.all = folder.resolve("all.p12");
        this.password = Files.writeString(folder.resolve("password"), PASSWORD);
        make(ALIAS, "CN=authority", "-ext", "bc:c");
    }

    /** The file that has the password of all key stores. */
    Path password() {
        return password;
    }

    /** Makes a key with a certificate, for a client, or for a server on 127.0.0.1. */
    Path issue(String alias, String subject) throws Exception {
        make(alias, subject, "-signer", ALIAS, "-ext", names);
        return alone(alias);
    }

    /** Makes a key with a certificate that nobody else signed. */
    Path selfSigned(String alias, String subject) throws Exception {
        make(alias, subject, "-ext", names);
        return alone(alias);
    }

    /** Gives what whoever trusts this authority is configured with. */
    Path trust() throws Exception {
        return trust(ALIAS);
    }

    /** Gives what whoever trusts one certificate made here is configured with. */
    Path trust(String alias) throws Exception {
        KeyStore trust = empty();
        trust.setCertificateEntry(alias, load().getCertificate(alias));
        return save(trust, "trust-" + alias + ".p12");
    }

    /** Copies a key and its certificates, and nothing else, to a key store of its own. */
    private Path alone(String alias) throws IOException, GeneralSecurityException {
        KeyStore made = load();
        char[] secret = PASSWORD.toCharArray();
        KeyStore own = empty();
        own.setKeyEntry(alias, made.getKey(alias, secret), secret, made.getCertificateChain(alias));
        return save(own, alias + ".p12");
    }

    private void make(String alias, String subject, String... more) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-genkeypair",
                "-alias",
                alias,
                "-dname",
                subject,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "1",
                "-storetype",
                "PKCS12",
                "-keystore",
                all.toString(),
                "-storepass:file",
                password.toString()));
        line.addAll(List.of(more));
        Process keytool = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException("keytool: " + output);
        }
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(all.toFile(), PASSWORD.toCharArray());
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore empty = KeyStore.getInstance("PKCS12");
        empty.load(null, null);
        return empty;
    }

    private Path save(KeyStore store, String name) throws IOException, GeneralSecurityException {
        Path file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file;
    }
}
