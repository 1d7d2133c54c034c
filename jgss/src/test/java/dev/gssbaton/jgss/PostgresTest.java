package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.ForkedJvm;
import dev.gssbaton.peers.Frames;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.Requires;
import dev.gssbaton.peers.Scale;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.security.auth.Subject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;

/** PostgreSQL's driver, on either mechanism, with a server of Debian whose GSS-API is MIT's. */
@Requires(NativePeer.POSTGRESQL)
class PostgresTest {
    private static final int QUERIES = Scale.times(100, 10_000);
    private static final int MEGABYTES = Scale.times(1, 100);
    private static final int LINE = 1024;

    private static Account user;
    private static PostgresServer server;

    @BeforeAll
    static void start() throws Exception {
        EmbeddedKdc kdc = EmbeddedKdc.shared();
        user = kdc.account("alice");
        server = new PostgresServer(kdc, kdc.account("postgres/localhost"), "alice");
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    @SuppressWarnings("try") // the registration is closed, and that is all
    void queriesAndCopies(Side side) throws Exception {
        Subject subject = Login.initiator(user);
        List<AdaptedContext> contexts = new ArrayList<>();
        try (AutoCloseable registered = Registration.until(side);
                Connection connection =
                        Login.as(subject, () -> Revealed.establishing(contexts::add, () -> connect(server.port())))) {
            assertEquals(side == Side.BATON, !contexts.isEmpty());
            use(connection);
        }
    }

    @Test
    void queriesAndCopiesWithoutTheExport() throws Exception {
        try (ForkedJvm program = ForkedJvm.running(PostgresTest.class)
                .kdc(user.kdc())
                .jvm("-Dbaton.scale=" + Scale.factor())
                .timeLimit(Duration.ofMinutes(30))
                .arguments(user.principal(), user.keytab().toString(), "" + server.port())
                .start()) {
            assertEquals("passed", program.readLine());
        }
    }

    /** Does the same in a JVM in which Baton is registered, and finds nothing exported to it. */
    @SuppressWarnings("try") // the registration is closed, and that is all
    public static void main(String[] args) throws Exception {
        Frames parent = Frames.toParent();
        Subject subject = Login.initiator(args[0], Path.of(args[1]));
        int port = Integer.parseInt(args[2]);
        try (AutoCloseable registered = Registration.until(Side.BATON);
                Connection connection = Login.as(subject, () -> connect(port))) {
            assertEquals(Side.JDK, Registration.actual(Side.BATON));
            use(connection);
        }
        parent.println("passed");
    }

    static Connection connect(int port) throws SQLException {
        Properties properties = new Properties();
        properties.put("user", "alice");
        properties.put("gssEncMode", "require");
        properties.put("jaasLogin", "false");
        return DriverManager.getConnection("jdbc:postgresql://localhost:" + port + "/postgres", properties);
    }

    private static void use(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet how = statement.executeQuery(
                    "select encrypted, gss_authenticated, principal from pg_stat_gssapi where pid = pg_backend_pid()")) {
                assertTrue(how.next() && how.getBoolean(1) && how.getBoolean(2));
                assertTrue(how.getString(3).startsWith("alice@"), how.getString(3));
            }
            statement.execute("create temporary table accounts (id integer primary key, balance integer)");
            statement.execute("insert into accounts select i, 0 from generate_series(0, 99) i");
            statement.execute("create temporary table lines (line text)");
        }
        try (PreparedStatement update =
                        connection.prepareStatement("update accounts set balance = balance + ? where id = ?");
                PreparedStatement query = connection.prepareStatement("select sum(balance) from accounts")) {
            for (int i = 0; i < QUERIES; i++) {
                update.setInt(1, 1);
                update.setInt(2, i % 100);
                assertEquals(1, update.executeUpdate());
                try (ResultSet sum = query.executeQuery()) {
                    assertTrue(sum.next());
                    assertEquals(i + 1, sum.getInt(1));
                }
            }
        }
        PGConnection postgres = connection.unwrap(PGConnection.class);
        long lines = MEGABYTES * 1024L;
        assertEquals(lines, postgres.getCopyAPI().copyIn("copy lines from stdin", new Lines(lines)));
        Counter counter = new Counter();
        assertEquals(lines, postgres.getCopyAPI().copyOut("copy lines to stdout", counter));
        assertEquals(lines * LINE, counter.octets);
    }

    /** As many lines of one length. */
    private static final class Lines extends InputStream {
        private long left;

        Lines(long lines) {
            left = lines * LINE;
        }

        @Override
        public int read() {
            return left == 0 ? -1 : --left % LINE == 0 ? '\n' : 'x';
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            int count = (int) Math.min(length, left);
            for (int i = 0; i < count; i++) {
                into[offset + i] = (byte) read();
            }
            return count == 0 ? -1 : count;
        }
    }

    private static final class Counter extends java.io.OutputStream {
        private long octets;

        @Override
        public void write(int octet) {
            octets++;
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            octets += length;
        }
    }
}
