package dev.gssbaton.cli.demo;

import dev.gssbaton.cli.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kerby.kerberos.kerb.KrbException;
import org.apache.kerby.kerberos.kerb.admin.kadmin.local.LocalKadmin;
import org.apache.kerby.kerberos.kerb.admin.kadmin.local.LocalKadminImpl;
import org.apache.kerby.kerberos.kerb.server.KdcConfig;
import org.apache.kerby.kerberos.kerb.server.KdcConfigKey;
import org.apache.kerby.kerberos.kerb.server.KdcServer;

/** Apache Kerby's KDC in this JVM, on 127.0.0.1, with its principals in memory. */
final class DemoKdc implements AutoCloseable {
    static final String REALM = "DEMO.BATON";

    /** Without this Kerby serves the first of them alone. */
    private static final String ENCRYPTION_TYPES = "aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96";

    private final KdcServer server;
    private final LocalKadmin kadmin;
    private final int port;

    private DemoKdc(KdcServer server, LocalKadmin kadmin, int port) {
        this.server = server;
        this.kadmin = kadmin;
        this.port = port;
    }

    static DemoKdc start() throws Problem {
        int port = freePort();
        KdcServer server = new KdcServer();
        KdcConfig config = server.getKdcConfig();
        config.setString(KdcConfigKey.KDC_REALM, REALM);
        config.setString(KdcConfigKey.KDC_HOST, "127.0.0.1");
        config.setInt(KdcConfigKey.KDC_TCP_PORT, port);
        config.setBoolean(KdcConfigKey.KDC_ALLOW_TCP, true);
        config.setBoolean(KdcConfigKey.KDC_ALLOW_UDP, false);
        config.setString(KdcConfigKey.ENCRYPTION_TYPES, ENCRYPTION_TYPES);
        try {
            server.init();
            LocalKadmin kadmin = new LocalKadminImpl(server.getKdcSetting(), server.getIdentityService());
            kadmin.createBuiltinPrincipals();
            server.start();
            return new DemoKdc(server, kadmin, port);
        } catch (KrbException e) {
            throw new Problem("the embedded KDC does not start on 127.0.0.1 port " + port + ": " + e.getMessage(), e);
        }
    }

    int port() {
        return port;
    }

    /** Creates principals with random keys, and writes these into a keytab. */
    void addPrincipals(List<String> names, Path keytab) throws Problem {
        try {
            for (String name : names) {
                kadmin.addPrincipal(name);
            }
            kadmin.exportKeytab(keytab.toFile(), names);
        } catch (KrbException e) {
            throw new Problem("the embedded KDC does not take its principals: " + e.getMessage(), e);
        }
    }

    /** Writes the configuration that clients need. */
    void writeConfiguration(Path krb5Conf) throws IOException {
        Files.writeString(krb5Conf, """
                [libdefaults]
                  default_realm = %1$s
                  dns_lookup_kdc = false
                  dns_lookup_realm = false
                  udp_preference_limit = 1
                [realms]
                  %1$s = {
                    kdc = 127.0.0.1:%2$d
                  }
                """.formatted(REALM, port));
    }

    private static int freePort() throws Problem {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new Problem("there is no free port on 127.0.0.1", e);
        }
    }

    @Override
    public void close() throws KrbException {
        server.stop();
    }
}
