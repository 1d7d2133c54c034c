package dev.gssbaton.cli.demo;

import dev.gssbaton.cli.Problem;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kerby.kerberos.kerb.KrbException;
import org.apache.kerby.kerberos.kerb.admin.kadmin.local.LocalKadmin;
import org.apache.kerby.kerberos.kerb.admin.kadmin.local.LocalKadminImpl;
import org.apache.kerby.kerberos.kerb.identity.backend.BackendConfig;
import org.apache.kerby.kerberos.kerb.identity.backend.IdentityBackend;
import org.apache.kerby.kerberos.kerb.identity.backend.MemoryIdentityBackend;
import org.apache.kerby.kerberos.kerb.server.KdcConfig;
import org.apache.kerby.kerberos.kerb.server.KdcConfigKey;
import org.apache.kerby.kerberos.kerb.server.KdcContext;
import org.apache.kerby.kerberos.kerb.server.KdcHandler;
import org.apache.kerby.kerberos.kerb.server.KdcSetting;
import org.apache.kerby.kerberos.kerb.server.preauth.PreauthHandler;

/**
 * Apache Kerby's KDC in this JVM, on 127.0.0.1, with its principals in memory.
 *
 * <p>Kerby answers the requests; the connections are ours. Its own server must be told a port, which somebody else may take
 * before, keeps a buffer of a megabyte for each connection, and takes its own end for a failure.
 */
final class DemoKdc implements AutoCloseable {
    static final String REALM = "DEMO.BATON";

    /** Without this Kerby serves the first of them alone. */
    private static final String ENCRYPTION_TYPES = "aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96";

    /** All the demo's clients may come at once: those beyond the threads wait. */
    private static final int BACKLOG = 1024;

    private static final int THREADS = 16;
    private static final int MAX_REQUEST = 64 * 1024;
    private static final int SILENCE_MILLIS = 10_000;

    private final KdcContext context;
    private final LocalKadmin kadmin;
    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, DemoKdc::thread);

    private DemoKdc(KdcContext context, LocalKadmin kadmin, ServerSocket listener) {
        this.context = context;
        this.kadmin = kadmin;
        this.listener = listener;
    }

    static DemoKdc start() throws Problem {
        KdcConfig config = new KdcConfig();
        config.setString(KdcConfigKey.KDC_REALM, REALM);
        config.setString(KdcConfigKey.ENCRYPTION_TYPES, ENCRYPTION_TYPES);
        KdcSetting setting = new KdcSetting(config, new BackendConfig());
        IdentityBackend identities = new MemoryIdentityBackend();
        KdcContext context = new KdcContext(setting);
        PreauthHandler preauth = new PreauthHandler();
        preauth.init();
        context.setPreauthHandler(preauth);
        context.setIdentityService(identities);
        try {
            identities.initialize();
            LocalKadmin kadmin = new LocalKadminImpl(setting, identities);
            kadmin.createBuiltinPrincipals();
            DemoKdc kdc = new DemoKdc(context, kadmin, new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
            thread(kdc::listen).start();
            return kdc;
        } catch (KrbException | IOException e) {
            throw new Problem("the embedded KDC does not start on 127.0.0.1: " + e.getMessage(), e);
        }
    }

    int port() {
        return listener.getLocalPort();
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
                """.formatted(REALM, port()));
    }

    private void listen() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                // Closed; or the client has gone, or there are no descriptors for it: it tries again.
            }
        }
    }

    /** Answers the requests of a connection: each has a length of four octets before it, RFC 4120 section 7.2.2. */
    private void serve(Socket client) {
        try (client) {
            client.setSoTimeout(SILENCE_MILLIS);
            DataInputStream in = new DataInputStream(client.getInputStream());
            OutputStream out = client.getOutputStream();
            KdcHandler handler = new KdcHandler(context);
            for (int length = in.readInt(); length >= 0 && length <= MAX_REQUEST; length = in.readInt()) {
                byte[] request = new byte[length];
                in.readFully(request);
                ByteBuffer reply = handler.handleMessage(ByteBuffer.wrap(request), true, client.getInetAddress());
                out.write(reply.array(), reply.arrayOffset() + reply.position(), reply.remaining());
            }
        } catch (IOException | KrbException e) {
            // The client has gone, or has sent what is no request: there is nobody to tell.
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "baton-kdc");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
    }
}
