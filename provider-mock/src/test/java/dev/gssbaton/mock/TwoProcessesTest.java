package dev.gssbaton.mock;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.seal.AccountKeys;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A context moves between JVMs of one account on one host, with account keys and claims of the host. */
@EnabledOnOs(OS.LINUX)
class TwoProcessesTest {
    private static final byte[] NOTHING = {};

    @TempDir
    private Path directory;

    private Path home;
    private AccountKeys keys;
    private BatonManager manager;

    @BeforeEach
    void prepare() throws IOException {
        home = Files.createDirectory(
                directory.resolve("home"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        keys = AccountKeys.in(home);
        manager = BatonManager.builder()
                .keys(keys)
                .claims(HostClaims.in(home.resolve("claims")))
                .build();
    }

    @AfterEach
    void close() {
        keys.close();
    }

    @Test
    void acceptor_moves_to_another_process_and_lives_there_alone() throws Exception {
        BatonContext initiator = initiator();
        BatonContext acceptor = acceptor();
        establish(initiator, acceptor);
        byte[] underWay = wrap(initiator, "under way");
        byte[] token = acceptor.export();
        try (ChildJvm there = ChildJvm.withHome(home);
                ChildJvm elsewhere = ChildJvm.withHome(home)) {
            there.ask("import", token);
            assertArrayEquals("under way".getBytes(UTF_8), there.ask("unwrap", underWay));
            talk(initiator, there);

            assertFault(TransferFault.EXPORTED, () -> wrap(acceptor, "from the first"));
            assertFault(TransferFault.EXPORTED, acceptor::export);
            assertFalse(acceptor.isEstablished());
            assertFault(TransferFault.ALREADY_TAKEN, () -> manager.createContext(token));
            assertEquals("ALREADY_TAKEN", elsewhere.refusal("import", token));
            talk(initiator, there);
        }
    }

    @Test
    void acceptor_moves_here_from_another_process() throws Exception {
        BatonContext initiator = initiator();
        try (ChildJvm there = ChildJvm.withHome(home);
                ChildJvm elsewhere = ChildJvm.withHome(home)) {
            byte[] answer = there.ask("accept", initiator.initSecContext(NOTHING, 0, 0));
            there.ask("accept", initiator.initSecContext(answer, 0, answer.length));
            talk(initiator, there);
            byte[] token = there.ask("export", NOTHING);
            BatonContext acceptor = manager.createContext(token);
            talk(initiator, acceptor);

            assertEquals("EXPORTED", there.refusal("wrap", "from the first".getBytes(UTF_8)));
            assertEquals("EXPORTED", there.refusal("export", NOTHING));
            assertEquals("ALREADY_TAKEN", elsewhere.refusal("import", token));
            talk(initiator, acceptor);
        }
    }

    @Test
    void initiator_moves_through_processes_and_back() throws Exception {
        BatonContext acceptor = acceptor();
        try (ChildJvm first = ChildJvm.withHome(home);
                ChildJvm second = ChildJvm.withHome(home)) {
            byte[] hello = first.ask("initiate", NOTHING);
            byte[] proof = first.ask("initiate", acceptor.acceptSecContext(hello, 0, hello.length));
            acceptor.acceptSecContext(proof, 0, proof.length);
            for (int i = 0; i < 3; i++) {
                talk(acceptor, first);
                second.ask("import", first.ask("export", NOTHING));
                talk(acceptor, second);
                BatonContext here = manager.createContext(second.ask("export", NOTHING));
                talk(acceptor, here);
                first.ask("import", here.export());
            }
            assertEquals("EXPORTED", second.refusal("wrap", NOTHING));
        }
    }

    @Test
    void process_with_other_keys_is_refused_and_the_right_one_is_not() throws Exception {
        BatonContext initiator = initiator();
        BatonContext acceptor = acceptor();
        establish(initiator, acceptor);
        byte[] token = acceptor.export();
        try (ChildJvm stranger = ChildJvm.withHome(directory.resolve("another"));
                ChildJvm there = ChildJvm.withHome(home)) {
            assertEquals("KEY_NOT_HELD", stranger.refusal("import", token));
            there.ask("import", token);
            talk(initiator, there);
        }
    }

    private BatonContext initiator() throws GSSException {
        return manager.createContext(
                MockFixture.name("bob"),
                Mock.MECHANISM,
                MockFixture.party("alice").credential(),
                GSSContext.INDEFINITE_LIFETIME);
    }

    private BatonContext acceptor() {
        return manager.createContext(MockFixture.party("bob").credential());
    }

    private static void establish(BatonContext initiator, BatonContext acceptor) throws GSSException {
        byte[] hello = initiator.initSecContext(NOTHING, 0, 0);
        byte[] answer = acceptor.acceptSecContext(hello, 0, hello.length);
        byte[] proof = initiator.initSecContext(answer, 0, answer.length);
        acceptor.acceptSecContext(proof, 0, proof.length);
    }

    private static byte[] wrap(BatonContext from, String text) throws GSSException {
        byte[] message = text.getBytes(UTF_8);
        return from.wrap(message, 0, message.length, new MessageProp(true));
    }

    private static void assertUnwraps(BatonContext to, byte[] token, String text) throws GSSException {
        MessageProp prop = new MessageProp(false);
        assertArrayEquals(text.getBytes(UTF_8), to.unwrap(token, 0, token.length, prop));
        assertEquals(
                List.of(false, false, false, false),
                List.of(prop.isDuplicateToken(), prop.isOldToken(), prop.isUnseqToken(), prop.isGapToken()));
    }

    private static void talk(BatonContext here, ChildJvm there) throws GSSException, IOException {
        assertArrayEquals("to there".getBytes(UTF_8), there.ask("unwrap", wrap(here, "to there")));
        assertUnwraps(here, there.ask("wrap", "from there".getBytes(UTF_8)), "from there");
    }

    private static void talk(BatonContext one, BatonContext other) throws GSSException {
        assertUnwraps(other, wrap(one, "to the other"), "to the other");
        assertUnwraps(one, wrap(other, "from the other"), "from the other");
    }

    private static void assertFault(TransferFault fault, Executable call) {
        GSSException refusal = assertThrows(GSSException.class, call);
        assertEquals(Optional.of(fault), TransferFault.of(refusal), refusal::toString);
    }
}
