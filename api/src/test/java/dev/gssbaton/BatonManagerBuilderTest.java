package dev.gssbaton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The builder's words, and the same in a file of properties. */
class BatonManagerBuilderTest {
    @TempDir
    private Path folder;

    private String keys;

    @BeforeEach
    void keysInTheFolder() {
        keys = "keys=account:" + folder.resolve("keys");
    }

    private BatonManager manager(String... lines) throws IOException {
        return BatonManager.fromProperties(file(lines));
    }

    private Path file(String... lines) throws IOException {
        return Files.write(folder.resolve("baton.properties"), List.of(lines));
    }

    private static BatonContext transfer(BatonManager from, BatonManager to) throws GSSException {
        try (ExportedToken token = ToyPair.establish(from).acceptor().exportToken()) {
            return to.createContext(token.octets());
        }
    }

    private static void assertRefused(TransferFault fault, BatonManager manager, byte[] token) {
        GSSException refusal = assertThrows(GSSException.class, () -> manager.createContext(token));
        assertEquals(Optional.of(fault), TransferFault.of(refusal), refusal::toString);
    }

    // Words

    @Test
    void keys_accountWithADirectoryKeepsThemThere() throws Exception {
        BatonManager one = manager(keys, "claims=process");
        BatonManager other = manager(keys, "claims=process");
        assertTrue(transfer(one, other).isEstablished());
        try (Stream<Path> files = Files.walk(folder.resolve("keys"))) {
            assertTrue(files.anyMatch(Files::isRegularFile));
        }
        BatonManager stranger = manager("keys=account:" + folder.resolve("other keys"), "claims=process");
        assertRefused(
                TransferFault.KEY_NOT_HELD,
                stranger,
                ToyPair.establish(one).acceptor().export());
    }

    @Test
    void claims_hostWithADirectoryKeepsThemThere() throws Exception {
        String claims = "claims=host:" + folder.resolve("claims");
        BatonManager one = manager(keys, claims);
        assertInstanceOf(HostClaims.class, one.environment().claims());
        byte[] token = ToyPair.establish(one).acceptor().export();
        assertTrue(one.createContext(token).isEstablished());
        assertRefused(TransferFault.ALREADY_TAKEN, manager(keys, claims), token);
        try (Stream<Path> files = Files.walk(folder.resolve("claims"))) {
            assertTrue(files.anyMatch(Files::isRegularFile));
        }
    }

    @Test
    void claims_processIsTheOneOfThisProcess() throws Exception {
        assertSame(
                ProcessClaims.ofProcess(),
                manager("claims=process").environment().claims());
    }

    @Test
    void accountAndHostAreTheUsersOwnAndNothingIsLookedAtYet() throws Exception {
        BatonManager manager = manager("keys=account", "claims=host");
        assertInstanceOf(HostClaims.class, manager.environment().claims());
        assertInstanceOf(
                HostClaims.class, BatonManager.withDefaults().environment().claims());
    }

    @Test
    void purpose_separatesApplicationsThatShareKeys() throws Exception {
        BatonManager mail = manager(keys, "claims=process", "purpose=mail");
        BatonManager files = manager(keys, "claims=process", "purpose=files");
        assertTrue(transfer(mail, mail).isEstablished());
        assertRefused(
                TransferFault.KEY_NOT_HELD,
                files,
                ToyPair.establish(mail).acceptor().export());
    }

    @Test
    void tokenLifetime_isHowLongATokenMayBeImported() throws Exception {
        BatonManager manager = manager(keys, "claims=process", "tokenLifetime=PT7S");
        Instant before = Instant.now();
        try (ExportedToken token = ToyPair.establish(manager).acceptor().exportToken()) {
            Duration lifetime = Duration.between(before, token.notAfter());
            assertTrue(
                    lifetime.compareTo(Duration.ofMillis(6999)) >= 0 && lifetime.compareTo(Duration.ofSeconds(60)) < 0,
                    lifetime::toString);
        }
    }

    @Test
    void clockSkew_isHowMuchLaterATokenIsTaken() throws Exception {
        ToyKeys shared = new ToyKeys();
        ToyClaims claims = new ToyClaims();
        Instant now = Instant.now();
        BatonManager slow = BatonManager.builder()
                .keys(shared)
                .claims(claims)
                .clock(Clock.fixed(now.minusSeconds(90), ZoneOffset.UTC))
                .build();
        BatonManager strict = BatonManager.builder().keys(shared).claims(claims).build();
        BatonManager lenient = BatonManager.builder()
                .keys(shared)
                .claims(claims)
                .properties(file("clockSkew=PT5M"))
                .build();
        byte[] token = ToyPair.establish(slow).acceptor().export();
        assertRefused(TransferFault.TOKEN_EXPIRED, strict, token);
        assertTrue(lenient.createContext(token).isEstablished());
    }

    @Test
    void anEmptyFileChangesNothing() throws Exception {
        assertInstanceOf(HostClaims.class, manager().environment().claims());
    }

    @Test
    void blanksAroundAValueDoNotCount() throws Exception {
        assertSame(
                ProcessClaims.ofProcess(),
                manager("claims =  process  ").environment().claims());
    }

    @Test
    void whatIsSaidLaterCounts() throws Exception {
        ToyClaims claims = new ToyClaims();
        assertSame(
                claims,
                BatonManager.builder()
                        .properties(file("claims=process"))
                        .claims(claims)
                        .build()
                        .environment()
                        .claims());
        assertSame(
                ProcessClaims.ofProcess(),
                BatonManager.builder()
                        .claims(claims)
                        .properties(file("claims=process"))
                        .build()
                        .environment()
                        .claims());
    }

    @Test
    void theBuildersClockAndRandomnessAreTheMechanisms() {
        Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
        SecureRandom random = new SecureRandom();
        BatonManager manager = BatonManager.builder()
                .keys(new ToyKeys())
                .claims(new ToyClaims())
                .clock(clock)
                .random(random)
                .build();
        assertSame(clock, manager.environment().clock());
        assertSame(random, manager.environment().random());
    }

    // What is refused

    @Test
    void anUnknownWordIsRefusedByName() throws Exception {
        assertMalformed("tokenLifeTime=PT1M", "tokenLifeTime", "tokenLifetime");
        assertMalformed("seal=none", "seal", "keys");
    }

    @Test
    void aMalformedValueIsRefusedByTheNameOfItsWord() throws Exception {
        assertMalformed("keys=", "keys", "account:DIRECTORY");
        assertMalformed("keys=account:", "keys", "account:DIRECTORY");
        assertMalformed("keys=:there", "keys", "account:DIRECTORY");
        assertMalformed("keys=keytab:/etc/krb5.keytab", "keys", "'keytab'", "provider's jar");
        assertMalformed("keys=inherited:", "keys", "inherited:N");
        assertMalformed("keys=inherited:three", "keys", "three");
        assertMalformed("keys=inherited:999", "keys", "/proc/self/fd/999 cannot be looked at");
        assertMalformed("claims=host:", "claims", "host:DIRECTORY");
        assertMalformed("claims=none", "claims", "'none'", "baton-claims-zookeeper");
        assertMalformed("claims=zookeeper:/etc/baton/zk", "claims", "'zookeeper'", "provider's jar");
        assertMalformed("claims=shared", "claims", "shared:DIRECTORY");
        assertMalformed("claims=process:1", "claims", "process");
        assertMalformed("tokenLifetime=60", "tokenLifetime", "");
        assertMalformed("tokenLifetime=PT0S", "tokenLifetime", "PT0S");
        assertMalformed("tokenLifetime=PT-1S", "tokenLifetime", "PT-1S");
        assertMalformed("tokenLifetime=PT24H1S", "tokenLifetime", "PT24H1S");
        assertMalformed("clockSkew=PT-1S", "clockSkew", "PT-1S");
        assertMalformed("clockSkew=PT15M1S", "clockSkew", "PT15M1S");
        assertMalformed("clockSkew=soon", "clockSkew", "");
        assertMalformed("expiry=never", "expiry", "report");
    }

    private void assertMalformed(String line, String... words) throws IOException {
        Path file = file(line);
        IllegalArgumentException failure =
                assertThrows(IllegalArgumentException.class, () -> BatonManager.fromProperties(file), line);
        assertTrue(failure.getMessage().startsWith(file + ": "), failure.getMessage());
        for (String word : words) {
            assertTrue(failure.getMessage().contains(word), failure.getMessage());
        }
    }

    @Test
    void aFileThatIsNotThereIsAnIOException() {
        assertThrows(NoSuchFileException.class, () -> BatonManager.fromProperties(folder.resolve("none")));
    }

    @Test
    void lifetimeAndSkewHaveTheirLimits() {
        BatonManagerBuilder builder = BatonManager.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.tokenLifetime(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> builder.tokenLifetime(Duration.ofNanos(999_999)));
        assertThrows(
                IllegalArgumentException.class,
                () -> builder.tokenLifetime(Duration.ofDays(1).plusNanos(1)));
        assertThrows(IllegalArgumentException.class, () -> builder.clockSkew(Duration.ofNanos(-1)));
        assertThrows(
                IllegalArgumentException.class,
                () -> builder.clockSkew(Duration.ofMinutes(15).plusNanos(1)));
        builder.tokenLifetime(Duration.ofDays(1))
                .tokenLifetime(Duration.ofMillis(1))
                .clockSkew(Duration.ZERO)
                .clockSkew(Duration.ofMinutes(15));
    }

    @Test
    void aPurposeIsAWellFormedText() {
        BatonManagerBuilder builder = BatonManager.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.purpose("\uD800"));
        builder.purpose("\uD83C\uDFC3");
    }

    @Test
    void nullIsRefusedByName() {
        BatonManagerBuilder builder = BatonManager.builder();
        assertEquals(
                "keys",
                assertThrows(NullPointerException.class, () -> builder.keys(null))
                        .getMessage());
        assertEquals(
                "claims",
                assertThrows(NullPointerException.class, () -> builder.claims(null))
                        .getMessage());
        assertEquals(
                "purpose",
                assertThrows(NullPointerException.class, () -> builder.purpose(null))
                        .getMessage());
        assertEquals(
                "mechanism",
                assertThrows(NullPointerException.class, () -> builder.mechanism(null))
                        .getMessage());
        assertEquals(
                "exporter",
                assertThrows(NullPointerException.class, () -> builder.exporter(null))
                        .getMessage());
        assertEquals(
                "expiry",
                assertThrows(NullPointerException.class, () -> builder.expiry(null))
                        .getMessage());
        assertEquals(
                "clock",
                assertThrows(NullPointerException.class, () -> builder.clock(null))
                        .getMessage());
        assertEquals(
                "random",
                assertThrows(NullPointerException.class, () -> builder.random(null))
                        .getMessage());
    }
}
