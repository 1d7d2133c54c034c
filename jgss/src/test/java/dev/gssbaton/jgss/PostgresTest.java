package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.Scale;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.security.auth.Subject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;

/** PostgreSQL's driver, on either mechanism, with a server of Debian whose GSS-API is MIT's. Takes a server's start: not at scale 1. */
class PostgresTest {
    private static final int QUERIES = Scale.times(100, 10_000);
    private static final int MEGABYTES = Scale.times(1, 100);
    private static final int LINE = 1024;

    @ParameterizedTest
    @EnumSource(Side.class)
    @SuppressWarnings("try") // the registration is closed, and that is all
    void queriesAndCopies(Side side) throws Exception {
        assumeTrue(Scale.factor() > 1, "not at scale 1");
        assumeTrue(PostgresServer.isInstalled(), "PostgreSQL is not installed: apt-get install postgresql");
        EmbeddedKdc kdc = EmbeddedKdc.shared();
        Account service = kdc.account("postgres/localhost");
        Subject alice = Login.initiator(kdc.account("alice"));
        List<AdaptedContext> contexts = new ArrayList<>();
        try (AutoCloseable registered = Registration.until(side);
                PostgresServer server = new PostgresServer(kdc, service, "alice")) {
            try (Connection connection =
                    Login.as(alice, () -> Revealed.establishing(contexts::add, () -> connect(server.port())))) {
                assertEquals(side == Side.BATON, !contexts.isEmpty());
                use(connection);
            }
        }
    }

    private static Connection connect(int port) throws java.sql.SQLException {
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
