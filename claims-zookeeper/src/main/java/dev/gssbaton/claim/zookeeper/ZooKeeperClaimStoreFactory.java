package dev.gssbaton.claim.zookeeper;

import com.google.auto.service.AutoService;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.ClaimStoreFactory;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import org.apache.zookeeper.client.ZKClientConfig;
import org.ietf.jgss.GSSException;

/**
 * {@code zookeeper:FILE}: {@link ZooKeeperClaims} with the settings in a file of properties, in UTF-8.
 *
 * <pre>
 * connectString    zk1:2181,zk2:2181,zk3:2181
 * path             /baton
 * claimant.NAME    scheme:identity; any number, told apart by what stands for NAME
 * sweeper.NAME     scheme:identity; likewise
 * digest.user      a name, with digest.password
 * openToAnyone     true
 * sessionTimeout   an ISO 8601 duration, as are connectionTimeout and timeLimit
 * zookeeper.…      what ZooKeeper's client is configured with
 * </pre>
 *
 * <p>What is left out is as {@link ZooKeeperClaimsBuilder} has it, but for SASL, which is off unless {@code zookeeper.sasl.client} says
 * otherwise. A file that holds a password is its owner's alone.
 */
@AutoService(ClaimStoreFactory.class)
public final class ZooKeeperClaimStoreFactory implements ClaimStoreFactory {
    private static final String OF_THE_CLIENT = "zookeeper.";
    private static final Set<PosixFilePermission> OF_OTHERS =
            EnumSet.range(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_EXECUTE);

    /** For the service loader. */
    public ZooKeeperClaimStoreFactory() {}

    @Override
    public String kind() {
        return "zookeeper";
    }

    @Override
    public ClaimStore open(String specification) throws GSSException {
        if (specification.isEmpty()) {
            throw new IllegalArgumentException("ZooKeeper's claims are named zookeeper:FILE");
        }
        Path file = Path.of(specification);
        Properties settings = read(file);
        ZKClientConfig client = new ZKClientConfig();
        client.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        ZooKeeperClaimsBuilder builder = ZooKeeperClaims.builder().clientConfig(client);
        for (String key : settings.stringPropertyNames()) {
            String value = settings.getProperty(key).strip();
            try {
                if (key.startsWith(OF_THE_CLIENT)) {
                    client.setProperty(key, value);
                } else {
                    set(builder, settings, key, value);
                }
            } catch (IllegalArgumentException | DateTimeException e) {
                throw new IllegalArgumentException(file + ": " + key + ": " + e.getMessage(), e);
            }
        }
        try {
            return builder.build();
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static Properties read(Path file) throws GSSException {
        Properties settings = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            settings.load(reader);
            boolean secret = settings.stringPropertyNames().stream()
                    .anyMatch(key -> key.toLowerCase(Locale.ROOT).endsWith("password"));
            if (secret && Files.getPosixFilePermissions(file).stream().anyMatch(OF_OTHERS::contains)) {
                throw TransferFault.CLAIMS_UNUSABLE.exception(
                        file + " holds a password and is not its owner's alone: chmod 600 " + file);
            }
            return settings;
        } catch (IOException e) {
            throw TransferFault.CLAIMS_UNUSABLE.exception(
                    file + " cannot be read (" + e.getClass().getSimpleName()
                            + "): it is to hold the settings of ZooKeeper's claims",
                    e);
        }
    }

    private static void set(ZooKeeperClaimsBuilder builder, Properties settings, String key, String value) {
        switch (key) {
            case "connectString" -> builder.connectString(value);
            case "path" -> builder.path(value);
            case "sessionTimeout" -> builder.sessionTimeout(Duration.parse(value));
            case "connectionTimeout" -> builder.connectionTimeout(Duration.parse(value));
            case "timeLimit" -> builder.timeLimit(Duration.parse(value));
            case "digest.user" -> builder.digest(value, required(settings, "digest.password"));
            case "digest.password" -> required(settings, "digest.user");
            case "openToAnyone" -> {
                if (!value.equals("true")) {
                    throw new IllegalArgumentException("it is true, or left out");
                }
                builder.openToAnyone();
            }
            default -> {
                if (key.startsWith("claimant.")) {
                    builder.claimants(value);
                } else if (key.startsWith("sweeper.")) {
                    builder.sweepers(value);
                } else {
                    throw new IllegalArgumentException("no such setting; there are connectString, path, claimant.NAME,"
                            + " sweeper.NAME, digest.user, digest.password, openToAnyone, sessionTimeout,"
                            + " connectionTimeout, timeLimit, and those of ZooKeeper's client, which begin with "
                            + OF_THE_CLIENT);
                }
            }
        }
    }

    private static String required(Properties settings, String key) {
        String value = settings.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("it goes with " + key + ", which is missing");
        }
        return value.strip();
    }
}
