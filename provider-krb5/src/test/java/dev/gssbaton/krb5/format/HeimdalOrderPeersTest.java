package dev.gssbaton.krb5.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.gssbaton.krb5.format.HeimdalOrder.Verdict;
import dev.gssbaton.krb5.format.HeimdalOrder.Version;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.ContextRequest;
import dev.gssbaton.peers.ContextRequest.Flag;
import dev.gssbaton.peers.Enctype;
import dev.gssbaton.peers.JgssPeer;
import dev.gssbaton.peers.MitKdc;
import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.PeerContext;
import dev.gssbaton.peers.Received;
import dev.gssbaton.peers.Requires;
import dev.gssbaton.peers.Scale;
import dev.gssbaton.spi.ContextFlag;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

/**
 * The model judges messages as the library does, in whatever order they come and come again. Heimdal's git master is asked too
 * if {@code -Dbaton.heimdal-8=} names its {@code libgssapi.so.3}.
 */
@Requires({NativePeer.MIT, NativePeer.HEIMDAL})
class HeimdalOrderPeersTest {
    private static final int RUNS = Scale.times(12, 300);
    private static final int MESSAGES = 40;

    @Test
    void model_is_as_heimdal_7_judges() throws Exception {
        compare(Version.RELEASE_7);
    }

    @Test
    void model_is_as_git_master_judges() throws Exception {
        assumeFalse(library().isEmpty(), "no library of Heimdal's git master");
        compare(Version.GIT_MASTER, "-Dsun.security.jgss.lib=" + library());
    }

    /** Gives the library of git master, empty for none. */
    static String library() {
        return System.getProperty("baton.heimdal-8", "");
    }

    private static void compare(Version version, String... jvmArguments) throws GSSException {
        MitKdc kdc = MitKdc.shared();
        Account service = kdc.account("order/localhost", Enctype.AES256_CTS_HMAC_SHA1_96);
        Random random = new Random(20260105);
        try (JgssPeer mit = JgssPeer.nativeLibrary(NativePeer.MIT, kdc);
                JgssPeer heimdal = JgssPeer.nativeLibrary(NativePeer.HEIMDAL, kdc, jvmArguments)) {
            for (int run = 0; run < RUNS; run++) {
                boolean sequence = run % 2 == 0;
                ContextRequest request = sequence
                        ? ContextRequest.full()
                        : ContextRequest.of(Flag.MUTUAL, Flag.REPLAY, Flag.CONFIDENTIALITY, Flag.INTEGRITY);
                PeerContext initiator = mit.initiator(kdc.account("alice"), service, request);
                PeerContext acceptor = heimdal.acceptor(service);
                PeerContext.establish(initiator, acceptor);
                int flags = ContextFlag.REPLAY.bit() | (sequence ? ContextFlag.SEQUENCE.bit() : 0);
                // The numbers are the model's own, from any first one on: only their distance counts.
                HeimdalOrder order = new HeimdalOrder(version, flags, 1000);
                StringBuilder judged = new StringBuilder();
                for (Numbered message : disordered(initiator, random)) {
                    judged.append(message.number).append(' ');
                    assertEquals(
                            order.check(message.number), judge(acceptor, message.token), () -> version + ": " + judged);
                }
                initiator.close();
                acceptor.close();
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Numbered(int number, byte[] token) {}

    /** Messages some of which get lost, come late, or come again. */
    private static List<Numbered> disordered(PeerContext sender, Random random) throws GSSException {
        List<Numbered> messages = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            Numbered message = new Numbered(1000 + i, sender.wrap(new byte[] {(byte) i}, true));
            if (random.nextInt(8) != 0) {
                messages.add(message);
            }
            if (random.nextInt(4) == 0) {
                messages.add(random.nextInt(messages.size() + 1), message);
            }
        }
        for (int i = 0; i < MESSAGES / 8; i++) {
            int at = random.nextInt(messages.size() - 3);
            Collections.swap(messages, at, at + 1 + random.nextInt(3));
        }
        return messages;
    }

    private static Verdict judge(PeerContext receiver, byte[] token) throws GSSException {
        try {
            Received received = receiver.unwrap(token);
            if (received.duplicate()) {
                return Verdict.DUPLICATE;
            }
            if (received.old()) {
                return Verdict.OLD;
            }
            if (received.unsequenced()) {
                return Verdict.UNSEQUENCED;
            }
            return received.gap() ? Verdict.GAP : Verdict.COMPLETE;
        } catch (GSSException e) {
            assertEquals(GSSException.FAILURE, e.getMajor());
            return Verdict.FAILURE;
        }
    }
}
