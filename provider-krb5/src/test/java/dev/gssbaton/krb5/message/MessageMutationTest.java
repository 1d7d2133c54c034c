package dev.gssbaton.krb5.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Truncated, changed, padded and huge messages, against every decoder. */
class MessageMutationTest {
    private static final int SLACK = 64 << 10;
    private static final int FACTOR = 8;
    private static final int STACK = 96 << 10;

    @ParameterizedTest
    @EnumSource
    void what_is_read_is_written_again(MessageDecoder decoder) throws Exception {
        for (byte[] sample : Samples.of(decoder)) {
            assertArrayEquals(sample, decoder.roundTrip(sample));
            byte[] inside = new byte[sample.length + 7];
            Arrays.fill(inside, (byte) 0x30);
            System.arraycopy(sample, 0, inside, 3, sample.length);
            assertArrayEquals(sample, decoder.roundTrip(inside, 3, sample.length));
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_is_written_is_der_to_bouncy_castle_too(MessageDecoder decoder) throws Exception {
        if (decoder.isDer()) {
            for (byte[] sample : Samples.of(decoder)) {
                assertArrayEquals(sample, ASN1Primitive.fromByteArray(sample).getEncoded(ASN1Encoding.DER));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_truncation_is_refused(MessageDecoder decoder) throws Exception {
        for (byte[] sample : Samples.of(decoder)) {
            for (int length = 0; length < sample.length; length++) {
                byte[] cut = Arrays.copyOf(sample, length);
                if (decoder == MessageDecoder.AUTHENTICATOR_CHECKSUM && length >= leastChecksum(sample)) {
                    assertArrayEquals(cut, decoder.roundTrip(cut)); // only the extensions are shorter
                } else {
                    assertRefused(decoder, cut, "cut to " + length);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_flipped_bit_is_refused_or_seen(MessageDecoder decoder) throws Exception {
        for (byte[] sample : Samples.of(decoder)) {
            for (int bit = 0; bit < 8 * sample.length; bit++) {
                byte[] flipped = sample.clone();
                flipped[bit / 8] ^= (byte) (0x80 >>> (bit % 8));
                try {
                    // What is taken writes itself again, so the flipped bit is part of the value.
                    assertArrayEquals(flipped, decoder.roundTrip(flipped), "bit " + bit);
                } catch (GSSException e) {
                    assertRefusal(e, "bit " + bit);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void octets_behind_a_message_are_refused(MessageDecoder decoder) throws Exception {
        if (decoder.isDer() || decoder == MessageDecoder.CONTEXT_TOKEN) {
            for (byte[] sample : Samples.of(decoder)) {
                assertRefused(decoder, Arrays.copyOf(sample, sample.length + 1), "one octet behind");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void ber_with_the_same_meaning_is_refused(MessageDecoder decoder) throws Exception {
        if (!decoder.isDer()) {
            return;
        }
        for (byte[] sample : Samples.of(decoder)) {
            ASN1Primitive parsed = ASN1Primitive.fromByteArray(sample);
            byte[] indefinite = indefinite(sample);
            assertEquals(parsed, ASN1Primitive.fromByteArray(indefinite)); // Bouncy Castle takes it
            assertRefused(decoder, indefinite, "indefinite length");
            byte[] longer = longerLength(sample);
            assertEquals(parsed, ASN1Primitive.fromByteArray(longer));
            assertRefused(decoder, longer, "length not in its shortest form");
        }
    }

    @ParameterizedTest
    @EnumSource
    void decoding_allocates_little(MessageDecoder decoder) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (byte[] input : heavy(decoder)) {
            for (int warm = 0; warm < 3; warm++) {
                attempt(decoder, input);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            attempt(decoder, input);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(
                    allocated <= SLACK + (long) FACTOR * input.length,
                    allocated + " octets allocated for an input of " + input.length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void decoding_needs_little_stack(MessageDecoder decoder) throws Exception {
        for (byte[] input : heavy(decoder)) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread thread = new Thread(
                    null,
                    () -> {
                        try {
                            attempt(decoder, input);
                        } catch (Throwable e) {
                            failure.set(e);
                        }
                    },
                    "small stack",
                    STACK);
            thread.start();
            thread.join();
            assertEquals(null, failure.get());
        }
    }

    @Test
    void nested_authorization_data_has_a_bound() throws Exception {
        AuthorizationData nested = Samples.AUTHORIZATION;
        for (int depth = 1; depth <= 3; depth++) {
            nested = wrapped(nested);
        }
        assertEquals(3, nested.flattened().size());
        AuthorizationData deeper = wrapped(nested);
        assertArrayEquals(
                deeper.encode(), MessageDecoder.AUTHORIZATION_DATA.roundTrip(deeper.encode())); // kept as it came
        try {
            deeper.flattened();
            fail("five levels");
        } catch (MalformedMessageException e) {
            assertTrue(e.getMessage().contains("AD-IF-RELEVANT"), e.getMessage());
        }
    }

    static void assertRefused(MessageDecoder decoder, byte[] input, String what) {
        try {
            decoder.roundTrip(input);
        } catch (GSSException e) {
            assertRefusal(e, what);
            return;
        }
        fail(decoder + " took " + what);
    }

    private static void assertRefusal(GSSException e, String what) {
        assertTrue(
                e.getMajor() == GSSException.DEFECTIVE_TOKEN || e.getMinor() == ErrorCode.KDC_ERR_ETYPE_NOSUPP.number(),
                what + ": " + e);
        assertFalse(e.getMessage().isBlank());
    }

    private static void attempt(MessageDecoder decoder, byte[] input) {
        try {
            decode(decoder, input);
        } catch (GSSException e) {
            assertRefusal(e, "heavy input");
        }
    }

    /** Decodes alone, without writing. */
    private static void decode(MessageDecoder decoder, byte[] in) throws GSSException {
        switch (decoder) {
            case TICKET -> Ticket.decode(in, 0, in.length);
            case AP_REQ -> ApReq.decode(in, 0, in.length);
            case AP_REP -> ApRep.decode(in, 0, in.length);
            case KRB_ERROR -> KrbError.decode(in, 0, in.length);
            case KRB_CRED -> KrbCred.decode(in, 0, in.length);
            case AUTHORIZATION_DATA ->
                AuthorizationData.decode(in, 0, in.length).flattened();
            case ENC_TICKET_PART -> EncTicketPart.decode(in, 0, in.length).close();
            case AUTHENTICATOR -> Authenticator.decode(in, 0, in.length).close();
            case ENC_AP_REP_PART -> EncApRepPart.decode(in, 0, in.length).close();
            case ENC_KRB_CRED_PART -> EncKrbCredPart.decode(in, 0, in.length).close();
            case AUTHENTICATOR_CHECKSUM ->
                AuthenticatorChecksum.decode(new Checksum(AuthenticatorChecksum.TYPE, Octets.of(in)));
            case CONTEXT_TOKEN -> GssFraming.decode(in, 0, in.length);
        }
    }

    /** The samples, the same with as many and as small elements as fit, and lengths that promise more than is there. */
    private static List<byte[]> heavy(MessageDecoder decoder) throws GSSException {
        List<byte[]> inputs = new ArrayList<>(Samples.of(decoder));
        inputs.add(HeavyMessages.of(decoder));
        for (byte[] sample : Samples.of(decoder)) {
            byte[] promising = sample.clone();
            Arrays.fill(promising, 1, Math.min(6, promising.length), (byte) 0x84);
            inputs.add(promising);
        }
        if (decoder == MessageDecoder.AUTHORIZATION_DATA) {
            inputs.add(wrapped(wrapped(wrapped(
                            AuthorizationData.decode(HeavyMessages.of(decoder), 0, HeavyMessages.of(decoder).length))))
                    .encode());
        }
        byte[] opening = new byte[60_000];
        for (int i = 0; i < opening.length; i += 2) {
            opening[i] = 0x30;
            opening[i + 1] = (byte) 0x80;
        }
        inputs.add(opening);
        return inputs;
    }

    private static AuthorizationData wrapped(AuthorizationData inner) {
        return new AuthorizationData(
                List.of(new AuthorizationData.Element(AuthorizationData.AD_IF_RELEVANT, Octets.of(inner.encode()))));
    }

    private static int leastChecksum(byte[] checksum) {
        return (checksum[20] & 1) == 0 ? 24 : 28 + ((checksum[26] & 0xFF) | ((checksum[27] & 0xFF) << 8));
    }

    /** Gives the outermost value an indefinite length. */
    private static byte[] indefinite(byte[] der) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(der[0]);
        out.write(0x80);
        int header = headerSize(der);
        out.write(der, header, der.length - header);
        out.write(0);
        out.write(0);
        return out.toByteArray();
    }

    /** Gives the outermost value a length with one octet more than it needs. */
    private static byte[] longerLength(byte[] der) {
        int header = headerSize(der);
        int length = der.length - header;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(der[0]);
        out.write(0x84);
        out.write(length >>> 24);
        out.write(length >>> 16);
        out.write(length >>> 8);
        out.write(length);
        out.write(der, header, length);
        return out.toByteArray();
    }

    private static int headerSize(byte[] der) {
        return der[1] >= 0 ? 2 : 2 + (der[1] & 0x7F);
    }
}
