package dev.gssbaton.claim.zookeeper;

import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.curator.framework.AuthInfo;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.framework.imps.CuratorFrameworkState;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.PathUtils;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;

/**
 * The settings of {@link ZooKeeperClaims}. All processes that share a store give it the same path, claimants and sweepers.
 *
 * <p>To be said are the servers, by {@link #connectString} or {@link #curator}, and who may claim, by {@link #digest},
 * {@link #claimants} or, where all who reach the ensemble are trusted, {@link #openToAnyone}. For use by one thread.
 */
public final class ZooKeeperClaimsBuilder {
    private static final Duration MAX_TIME = Duration.ofHours(1);

    private String connectString;
    private CuratorFramework curator;
    private String path = "/baton";
    private Duration sessionTimeout;
    private Duration connectionTimeout;
    private Duration timeLimit = Duration.ofSeconds(10);
    private ZKClientConfig clientConfig;
    private String digest;
    private final Set<Id> claimants = new LinkedHashSet<>();
    private final Set<Id> sweepers = new LinkedHashSet<>();
    private Clock clock = Clock.systemUTC();

    ZooKeeperClaimsBuilder() {}

    /**
     * Sets the servers, to which a connection is made that {@link ZooKeeperClaims#close} closes.
     *
     * @param servers as ZooKeeper has it: {@code zk1:2181,zk2:2181,zk3:2181}, and a path below which all is, which must be
     *     there, if one is appended
     * @return this builder
     */
    public ZooKeeperClaimsBuilder connectString(String servers) {
        connectString = Objects.requireNonNull(servers, "connectString");
        return this;
    }

    /**
     * Sets a connection that the application has. It stays the application's, which closes it after the store.
     *
     * <p>Its timeouts and credentials count, and what it says of the lists of new nodes counts for the lock of sweepers alone. Its
     * retry policy counts for that lock alone too. Its namespace is not used.
     *
     * @param framework the connection, started
     * @return this builder
     */
    public ZooKeeperClaimsBuilder curator(CuratorFramework framework) {
        curator = Objects.requireNonNull(framework, "curator");
        return this;
    }

    /**
     * Sets the path below which the store is. By default {@code /baton}.
     *
     * @param nodes an absolute path other than {@code /}; what of it is missing is made
     * @return this builder
     * @throws IllegalArgumentException if ZooKeeper has no such paths
     */
    public ZooKeeperClaimsBuilder path(String nodes) {
        PathUtils.validatePath(nodes);
        if (nodes.equals("/")) {
            throw new IllegalArgumentException("the path is below /, not / itself");
        }
        path = nodes;
        return this;
    }

    /**
     * Sets for how long the servers keep a session that they do not hear of. By default 15 seconds.
     *
     * @param timeout a millisecond to an hour; the servers narrow it
     * @return this builder
     * @throws IllegalArgumentException if it is not in that range
     */
    public ZooKeeperClaimsBuilder sessionTimeout(Duration timeout) {
        sessionTimeout = checked("sessionTimeout", timeout);
        return this;
    }

    /**
     * Sets for how long a connection to a server is tried. By default 5 seconds.
     *
     * @param timeout a millisecond to an hour
     * @return this builder
     * @throws IllegalArgumentException if it is not in that range
     */
    public ZooKeeperClaimsBuilder connectionTimeout(Duration timeout) {
        connectionTimeout = checked("connectionTimeout", timeout);
        return this;
    }

    /**
     * Sets for how long each call of the store tries. By default 10 seconds. An import makes up to four calls, of which those
     * that ask what was seen a moment ago do not wait.
     *
     * @param limit a millisecond to an hour
     * @return this builder
     * @throws IllegalArgumentException if it is not in that range
     */
    public ZooKeeperClaimsBuilder timeLimit(Duration limit) {
        timeLimit = checked("timeLimit", limit);
        return this;
    }

    /**
     * Sets what ZooKeeper's client is configured with beside its system properties: SASL (Kerberos), TLS. See ZooKeeper's
     * programmer's guide.
     *
     * @param config the configuration
     * @return this builder
     */
    public ZooKeeperClaimsBuilder clientConfig(ZKClientConfig config) {
        clientConfig = Objects.requireNonNull(config, "clientConfig");
        return this;
    }

    /**
     * Sets a name and a password, which are sent to the servers as they are: use TLS. If no claimants are named, whoever has
     * them may claim. The password stays in memory for as long as the connection.
     *
     * @param user the name, without a colon
     * @param password the password
     * @return this builder
     * @throws IllegalArgumentException if the name is empty or has a colon
     */
    public ZooKeeperClaimsBuilder digest(String user, String password) {
        Objects.requireNonNull(password, "password");
        if (user.isEmpty() || user.contains(":")) {
            throw new IllegalArgumentException("the name of a digest is not empty and has no colon");
        }
        digest = user + ":" + password;
        return this;
    }

    /**
     * Adds those who may claim.
     *
     * @param identities each a scheme and an identity, as in ZooKeeper's access control lists: {@code sasl:baton},
     *     {@code x509:CN=host.example}
     * @return this builder
     * @throws IllegalArgumentException if one has no scheme or no identity, or means everybody
     */
    public ZooKeeperClaimsBuilder claimants(String... identities) {
        Arrays.stream(identities).map(ZooKeeperClaimsBuilder::identity).forEach(claimants::add);
        return this;
    }

    /**
     * Adds those who may sweep what has had its time. By default the claimants. A process with such an identity sweeps, and who
     * has it can make the store forget: give it to few.
     *
     * @param identities as for {@link #claimants}
     * @return this builder
     * @throws IllegalArgumentException as for {@link #claimants}
     */
    public ZooKeeperClaimsBuilder sweepers(String... identities) {
        Arrays.stream(identities).map(ZooKeeperClaimsBuilder::identity).forEach(sweepers::add);
        return this;
    }

    /**
     * Lets whoever reaches the ensemble claim, and make the store forget, so that a token can be taken twice. Only for ensembles
     * that none but these processes reach.
     *
     * @return this builder
     */
    public ZooKeeperClaimsBuilder openToAnyone() {
        claimants.add(Ids.ANYONE_ID_UNSAFE);
        return this;
    }

    /**
     * Sets this process's clock, which is compared with the leader's. By default the system's.
     *
     * @param source the clock
     * @return this builder
     */
    public ZooKeeperClaimsBuilder clock(Clock source) {
        clock = Objects.requireNonNull(source, "clock");
        return this;
    }

    /**
     * Makes the store. Nothing is waited for: what is wrong with the ensemble shows when the store is used.
     *
     * @return a new store, to be closed
     * @throws IllegalStateException if it was not said where the servers are, or who may claim; if both of the ways to
     *     say where they are were used; or if settings of a connection go with one that was given or is not started
     */
    public ZooKeeperClaims build() {
        Set<Id> who = claimants;
        if (who.isEmpty() && digest != null) {
            who = Set.of(digestId(digest));
        }
        if (who.isEmpty()) {
            throw new IllegalStateException(
                    "nobody may claim: give digest(…), claimants(…), or openToAnyone() where all who reach the ensemble are trusted");
        }
        if (who.size() > 1 && who.contains(Ids.ANYONE_ID_UNSAFE)) {
            throw new IllegalStateException("openToAnyone() and claimants(…) are one or the other");
        }
        if ((connectString == null) == (curator == null)) {
            throw new IllegalStateException("give the servers, by connectString(…) or by curator(…)");
        }
        Permissions permissions = new Permissions(who, sweepers.isEmpty() ? who : sweepers);
        CuratorFramework used = curator == null ? connect(permissions) : given();
        Runnable closing = curator == null ? used::close : () -> {};
        return new ZooKeeperClaims(used, closing, path, permissions, timeLimit, new SecureRandom(), clock);
    }

    private CuratorFramework given() {
        if (digest != null || clientConfig != null || sessionTimeout != null || connectionTimeout != null) {
            throw new IllegalStateException(
                    "digest, clientConfig and the timeouts of a connection are set where the connection is made");
        }
        if (curator.getState() != CuratorFrameworkState.STARTED) {
            throw new IllegalStateException("the connection given by curator(…) must have been started");
        }
        return curator.usingNamespace(null);
    }

    private CuratorFramework connect(Permissions permissions) {
        List<AuthInfo> credentials = new ArrayList<>();
        if (digest != null) {
            credentials.add(new AuthInfo("digest", digest.getBytes(StandardCharsets.UTF_8)));
        }
        CuratorFramework made = CuratorFrameworkFactory.builder()
                .connectString(connectString)
                .sessionTimeoutMs(millis(sessionTimeout, Duration.ofSeconds(15)))
                .connectionTimeoutMs(millis(connectionTimeout, Duration.ofSeconds(5)))
                .retryPolicy(new ExponentialBackoffRetry(100, 3))
                .authorization(credentials)
                .aclProvider(ofLocks(permissions.sweeper()))
                // Whom to ask is what the application says, and not what whoever answers first says.
                .ensembleTracker(false)
                .zkClientConfig(clientConfig)
                .build();
        made.start();
        return made;
    }

    private static ACLProvider ofLocks(List<ACL> acl) {
        return new ACLProvider() {
            @Override
            public List<ACL> getDefaultAcl() {
                return acl;
            }

            @Override
            public List<ACL> getAclForPath(String node) {
                return acl;
            }
        };
    }

    private static int millis(Duration timeout, Duration usual) {
        return Math.toIntExact((timeout == null ? usual : timeout).toMillis());
    }

    private static Id identity(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0 || colon == text.length() - 1) {
            throw new IllegalArgumentException("'" + text + "' is not scheme:identity");
        }
        Id id = new Id(text.substring(0, colon), text.substring(colon + 1));
        if (id.getScheme().equals("world") || id.getScheme().equals("auth")) {
            throw new IllegalArgumentException("'" + text
                    + "' does not say who: name identities, or use openToAnyone() where everybody is trusted");
        }
        return id;
    }

    private static Id digestId(String nameAndPassword) {
        try {
            return new Id("digest", DigestAuthenticationProvider.generateDigest(nameAndPassword));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the digest that ZooKeeper is configured for is not there", e);
        }
    }

    private static Duration checked(String name, Duration duration) {
        if (duration.toMillis() < 1 || duration.compareTo(MAX_TIME) > 0) {
            throw new IllegalArgumentException(name + " is a millisecond to " + MAX_TIME + ", not " + duration);
        }
        return duration;
    }
}
