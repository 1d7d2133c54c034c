package dev.gssbaton.peers;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kerby.kerberos.kerb.KrbException;
import org.apache.kerby.kerberos.kerb.admin.kadmin.local.LocalKadmin;
import org.apache.kerby.kerberos.kerb.admin.kadmin.local.LocalKadminImpl;
import org.apache.kerby.kerberos.kerb.common.EncryptionUtil;
import org.apache.kerby.kerberos.kerb.identity.backend.BackendConfig;
import org.apache.kerby.kerberos.kerb.identity.backend.IdentityBackend;
import org.apache.kerby.kerberos.kerb.identity.backend.MemoryIdentityBackend;
import org.apache.kerby.kerberos.kerb.request.KrbIdentity;
import org.apache.kerby.kerberos.kerb.server.KdcConfig;
import org.apache.kerby.kerberos.kerb.server.KdcConfigKey;
import org.apache.kerby.kerberos.kerb.server.KdcContext;
import org.apache.kerby.kerberos.kerb.server.KdcHandler;
import org.apache.kerby.kerberos.kerb.server.KdcSetting;
import org.apache.kerby.kerberos.kerb.server.preauth.PreauthHandler;

/**
 * Apache Kerby's KDC inside this JVM: there on every machine, for encryption types 17 and 18.
 *
 * <p>It is Kerby's request handler behind a listener of ours. Kerby's own server keeps what its setters set in enum
 * constants, so that a JVM can have but one realm, and its threads keep a JVM from ending.
 *
 * <p>Kerby takes one encryption type for ticket and session key alike: the client's first choice among those the KDC
 * serves. A test that needs a certain one takes {@link #shared(Enctype...)} with that one. The JDK refuses the
 * forwarded tickets that Kerby issues, so delegation needs {@link MitKdc}.
 */
public final class EmbeddedKdc implements Kdc {
    private static final Set<Enctype> SERVED =
            EnumSet.of(Enctype.AES128_CTS_HMAC_SHA1_96, Enctype.AES256_CTS_HMAC_SHA1_96);
    private static final int MAX_REQUEST = 1 << 20;
    private static final Duration DAY = Duration.ofDays(1);

    private static final Map<List<Enctype>, EmbeddedKdc> SHARED = new HashMap<>();
    private static final AtomicInteger STARTED = new AtomicInteger();

    private final String realm;
    private final List<Enctype> enctypes;
    private final KdcConfig config = new KdcConfig();
    private final IdentityBackend identities = new MemoryIdentityBackend();
    private final LocalKadmin kadmin;
    private final LoopbackListener listener;
    private final PrivateFolder folder = new PrivateFolder("kerby");
    private final Map<String, Account> accounts = new HashMap<>();
    private final Path krb5Conf;
    private boolean closed;

    private EmbeddedKdc(Duration ticketLife, List<Enctype> enctypes) {
        this.enctypes = List.copyOf(enctypes);
        realm = "EMBEDDED" + STARTED.incrementAndGet() + ".BATON.TEST";
        config.setString(KdcConfigKey.KDC_REALM, realm);
        config.setString(KdcConfigKey.ENCRYPTION_TYPES, Enctype.names(enctypes.toArray(Enctype[]::new)));
        config.setLong(KdcConfigKey.MAXIMUM_TICKET_LIFETIME, ticketLife.toSeconds());
        config.setLong(KdcConfigKey.MINIMUM_TICKET_LIFETIME, 0L);
        KdcSetting setting = new KdcSetting(config, new BackendConfig());
        KdcContext context = new KdcContext(setting);
        PreauthHandler preauth = new PreauthHandler();
        preauth.init();
        context.setPreauthHandler(preauth);
        context.setIdentityService(identities);
        kadmin = new LocalKadminImpl(setting, identities);
        try {
            identities.initialize();
            kadmin.createBuiltinPrincipals();
        } catch (KrbException e) {
            throw new IllegalStateException("The embedded KDC does not start: " + e.getMessage(), e);
        }
        listener = new LoopbackListener(realm, connection -> serve(context, connection));
        krb5Conf = folder.write("krb5.conf", Realms.text(List.of(this)));
        Realms.add(this);
        AtExit.close(this);
    }

    /** Returns the JVM's KDC for encryption types 17 and 18, of which the JDK takes 18; started on first use. */
    public static EmbeddedKdc shared() {
        return shared(Enctype.AES256_CTS_HMAC_SHA1_96, Enctype.AES128_CTS_HMAC_SHA1_96);
    }

    /** Returns the JVM's KDC for these encryption types alone, started on first use. */
    public static EmbeddedKdc shared(Enctype... enctypes) {
        synchronized (SHARED) {
            return SHARED.computeIfAbsent(List.of(enctypes), wanted -> start(DAY, enctypes));
        }
    }

    /**
     * Starts a KDC of the caller's own, who closes it.
     *
     * @param ticketLife how long its tickets live, in whole seconds
     * @param enctypes the encryption types it serves, 17 or 18 or both
     */
    public static EmbeddedKdc start(Duration ticketLife, Enctype... enctypes) {
        List<Enctype> wanted = List.of(enctypes);
        if (wanted.isEmpty() || !SERVED.containsAll(wanted)) {
            throw new IllegalArgumentException(
                    "Kerby serves " + SERVED + ", not " + wanted + ": take MitKdc for the others");
        }
        return new EmbeddedKdc(ticketLife, wanted);
    }

    @Override
    public String realm() {
        return realm;
    }

    @Override
    public int port() {
        return listener.port();
    }

    @Override
    public Path krb5Conf() {
        return krb5Conf;
    }

    @Override
    public synchronized Account account(String name, Enctype... wanted) {
        if (wanted.length > 0 && !enctypes.equals(Arrays.asList(wanted))) {
            throw new IllegalArgumentException("This KDC gives every principal keys of " + enctypes + ", not of "
                    + Arrays.toString(wanted) + ": take EmbeddedKdc.shared with those, or MitKdc");
        }
        Account known = accounts.get(name);
        if (known != null) {
            return known;
        }
        Account account = new Account(this, name, folder.newFile(".keytab"));
        try {
            kadmin.addPrincipal(account.principal());
            kadmin.exportKeytab(account.keytab().toFile(), account.principal());
        } catch (KrbException e) {
            throw new IllegalStateException("Cannot create " + name + ": " + e.getMessage(), e);
        }
        accounts.put(name, account);
        return account;
    }

    @Override
    public synchronized void addPrincipal(String name, String password) {
        try {
            kadmin.addPrincipal(name + "@" + realm, password);
        } catch (KrbException e) {
            throw new IllegalStateException("Cannot create " + name + ": " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized Account renewKeys(Account account) {
        Account renewed = new Account(this, account.name(), folder.newFile(".keytab"));
        try {
            KrbIdentity identity = kadmin.getPrincipal(account.principal());
            identity.setKeyVersion(identity.getKeyVersion() + 1);
            identity.addKeys(EncryptionUtil.generateKeys(config.getEncryptionTypes(), identity.getKeyVersion()));
            identities.updateIdentity(identity);
            Files.copy(account.keytab(), renewed.keytab());
            kadmin.exportKeytab(renewed.keytab().toFile(), account.principal());
        } catch (KrbException e) {
            throw new IllegalStateException("Cannot renew the keys of " + account.name() + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + renewed.keytab(), e);
        }
        accounts.put(account.name(), renewed);
        return renewed;
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
        synchronized (SHARED) {
            SHARED.values().remove(this);
        }
        AtExit.forget(this);
        Realms.remove(this);
        listener.close();
        folder.close();
    }

    @Override
    public String toString() {
        return "EmbeddedKdc " + realm + " on 127.0.0.1:" + port();
    }

    /** Answers the requests of one connection, RFC 4120 section 7.2.2: a four-byte length before each message. */
    private static void serve(KdcContext context, Socket connection) throws IOException {
        DataInputStream in = new DataInputStream(connection.getInputStream());
        DataOutputStream out = new DataOutputStream(connection.getOutputStream());
        KdcHandler handler = new KdcHandler(context);
        try {
            while (true) {
                int length = in.readInt();
                if (length < 0 || length > MAX_REQUEST) {
                    return;
                }
                byte[] request = new byte[length];
                in.readFully(request);
                ByteBuffer reply = handler.handleMessage(ByteBuffer.wrap(request), true, connection.getInetAddress());
                byte[] bytes = new byte[reply.remaining()];
                reply.get(bytes);
                out.write(bytes); // which begin with their length
            }
        } catch (KrbException e) {
            throw new IOException("Not a request that Kerby can answer", e);
        }
    }
}
