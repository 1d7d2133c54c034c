package dev.gssbaton.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The krb5.conf of this JVM, which names the realms of all KDCs that run.
 *
 * <p>The JDK reads the file once and keeps what it read. A login with {@code refreshKrb5Config} is the only public call
 * that makes it read again, so each change here ends with one.
 */
final class Realms {
    private static final List<Kdc> RUNNING = new ArrayList<>();
    private static PrivateFolder folder;

    private Realms() {}

    static synchronized void add(Kdc kdc) {
        RUNNING.add(kdc);
        publish();
    }

    static synchronized void remove(Kdc kdc) {
        if (RUNNING.remove(kdc)) {
            publish();
        }
    }

    private static void publish() {
        if (folder == null) {
            folder = new PrivateFolder("realms");
        }
        Path file = folder.file("krb5.conf");
        try {
            // Another thread may be reading the file: it sees the old one or the new one, never half of it.
            Files.move(folder.write("krb5.conf.new", text(RUNNING)), file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
        System.setProperty("java.security.krb5.conf", file.toString());
        Login.refreshConfiguration();
    }

    /**
     * Returns a krb5.conf for these KDCs; the first one's realm is the default and the realm of localhost. A KDC tells its time in
     * whole seconds, so that a C library that follows it writes authenticators which are older than a cache of replays that has
     * just been made.
     */
    static String text(List<Kdc> kdcs) {
        StringBuilder text = new StringBuilder("""
                [libdefaults]
                  dns_lookup_kdc = false
                  dns_lookup_realm = false
                  dns_canonicalize_hostname = false
                  rdns = false
                  udp_preference_limit = 1
                  forwardable = true
                  allow_weak_crypto = true
                  allow_rc4 = true
                  kdc_timesync = 0
                """);
        if (!kdcs.isEmpty()) {
            text.append("  default_realm = ").append(kdcs.get(0).realm()).append('\n');
        }
        text.append("[realms]\n");
        for (Kdc kdc : kdcs) {
            text.append("  %s = {%n    kdc = 127.0.0.1:%d%n  }%n".formatted(kdc.realm(), kdc.port()));
        }
        if (!kdcs.isEmpty()) {
            text.append("[domain_realm]\n  localhost = ")
                    .append(kdcs.get(0).realm())
                    .append('\n');
        }
        return text.toString();
    }
}
