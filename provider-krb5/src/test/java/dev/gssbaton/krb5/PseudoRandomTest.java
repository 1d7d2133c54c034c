package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.seal.AccountKeys;
import dev.gssbaton.spi.PrfKey;
import dev.gssbaton.spi.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.EnumSource;

/** GSS_Pseudo_random (RFC 4401) with the function of RFC 4402. */
class PseudoRandomTest {
    private static final byte[] INPUT = "a purpose".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path keys;

    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/rfc4402-prf.csv", useHeadersInDisplayName = true)
    void rfc4402_2_prf(int enctype, String key, String prfIn, String expected) {
        byte[] output = HexFormat.of().parseHex(expected);
        byte[] input = HexFormat.of().parseHex(prfIn);
        try (ContextKeys asserted = new ContextKeys(random(enctype), random(enctype), key(enctype, key));
                ContextKeys initiators = new ContextKeys(random(enctype), key(enctype, key), null);
                ContextKeys session = new ContextKeys(key(enctype, key), null, null)) {
            for (int length : new int[] {0, 1, 16, 17, output.length}) {
                byte[] truncated = Arrays.copyOf(output, length);
                assertArrayEquals(truncated, asserted.pseudoRandom(PrfKey.FULL, input, length));
                for (PrfKey either : PrfKey.values()) {
                    assertArrayEquals(truncated, initiators.pseudoRandom(either, input, length));
                    assertArrayEquals(truncated, session.pseudoRandom(either, input, length));
                }
            }
        }
    }

    private static EncryptionKey key(int enctype, String hex) {
        return new EncryptionKey(
                EncryptionType.of(enctype).orElseThrow(),
                SecretBytes.take(HexFormat.of().parseHex(hex)));
    }

    private static EncryptionKey random(int enctype) {
        return EncryptionKey.generate(EncryptionType.of(enctype).orElseThrow(), TestRealm.aes256().random);
    }

    @ParameterizedTest
    @EnumSource(EncryptionType.class)
    void rfc4401_2_both_sides_compute_the_same_before_an_export_and_after_it(EncryptionType type) throws Exception {
        BatonManager manager = manager();
        TestRealm realm = new TestRealm(type);
        for (boolean mutual : new boolean[] {false, true}) {
            BatonContext initiator = manager.createContext(
                    PlatformName.of(TestRealm.SERVICE).name(),
                    GssFraming.KRB5,
                    realm.initiatorCredential(realm.ticket()),
                    GSSContext.DEFAULT_LIFETIME);
            initiator.requestMutualAuth(mutual);
            BatonContext acceptor = manager.createContext(realm.acceptorCredential());
            assertEquals(
                    GSSException.NO_CONTEXT,
                    assertThrows(GSSException.class, () -> full(acceptor)).getMajor());
            byte[] request = initiator.initSecContext(new byte[0], 0, 0);
            byte[] reply = acceptor.acceptSecContext(request, 0, request.length);
            if (mutual) {
                assertEquals(
                        GSSException.NO_CONTEXT,
                        assertThrows(GSSException.class, () -> full(initiator)).getMajor());
                initiator.initSecContext(reply, 0, reply.length);
            }
            byte[] expected = full(initiator);
            assertArrayEquals(expected, full(acceptor));
            byte[] partial = initiator.pseudoRandom(PrfKey.PARTIAL, INPUT, 100);
            assertArrayEquals(partial, acceptor.pseudoRandom(PrfKey.PARTIAL, INPUT, 100));
            // An acceptor asserts a subkey with its answer, and under rc4-hmac none at all.
            assertEquals(!mutual || !type.isOfRfc4121(), Arrays.equals(expected, partial));
            assertFalse(Arrays.equals(expected, initiator.pseudoRandom(PrfKey.FULL, new byte[0], 100)));
            BatonContext moved = manager.createContext(acceptor.export());
            assertArrayEquals(expected, full(moved));
            assertArrayEquals(partial, moved.pseudoRandom(PrfKey.PARTIAL, INPUT, 100));
            assertThrows(IllegalArgumentException.class, () -> moved.pseudoRandom(PrfKey.FULL, INPUT, -1));
            assertEquals(
                    GSSException.NO_CONTEXT,
                    assertThrows(GSSException.class, () -> full(acceptor)).getMajor());
            initiator.dispose();
            moved.dispose();
        }
    }

    private static byte[] full(BatonContext context) throws GSSException {
        return context.pseudoRandom(PrfKey.FULL, INPUT, 100);
    }

    private BatonManager manager() {
        return BatonManager.builder()
                .keys(AccountKeys.in(keys))
                .claims(BatonPeer.claims())
                .build();
    }
}
