package dev.gssbaton.krb5;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.MalformedMessageException;
import dev.gssbaton.krb5.message.Principal;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Verifies a ticket's Windows PAC (MS-PAC): that the service's checksum over it is right, and that it speaks of the ticket's
 * client. An importer may have no key of the service, so this is done when the context is accepted, or never.
 *
 * <pre>{@code
 * PACTYPE         0..3 cBuffers | 4..7 Version 0 | 8.. PAC_INFO_BUFFER, as many
 * PAC_INFO_BUFFER 0..3 ulType | 4..7 cbBufferSize | 8..15 Offset in the PAC
 * signature       0..3 SignatureType | 4.. Signature [ | RODCIdentifier ]
 * client info     0..7 ClientId | 8..9 NameLength | 10.. Name, UTF-16
 * }</pre>
 *
 * All numbers are little-endian.
 */
final class PacVerifier {
    /** The key usage that MS-KILE calls KERB_NON_KERB_CKSUM_SALT. */
    private static final int KEY_USAGE = 17;

    private static final int INFO_POS = 8;
    private static final int INFO_SIZE = 16;
    /** Many more than there are kinds of buffers. */
    private static final int MAX_BUFFERS = 64;

    private static final int SERVER_CHECKSUM = 6;
    private static final int KDC_CHECKSUM = 7;
    private static final int CLIENT_INFO = 10;

    /** ClientId is a FILETIME: units of 100 ns since 1601. */
    private static final long FILETIME_EPOCH_SECOND = -11_644_473_600L;

    private static final long FILETIME_PER_SECOND = 10_000_000L;

    private PacVerifier() {}

    /**
     * Tells whether a ticket holds a PAC that the KDC made for this service and this client.
     *
     * @param data the ticket's authorization data
     * @param serviceKey the key that opened the ticket
     * @param client the ticket's client
     * @param authTime the ticket's time of authentication
     * @return true if there is one PAC and it verifies; false if there is none, or it proves nothing
     */
    static boolean verify(AuthorizationData data, EncryptionKey serviceKey, Principal client, Instant authTime) {
        try {
            byte[] pac = null;
            for (AuthorizationData.Element element : data.flattened()) {
                if (element.type() == AuthorizationData.AD_WIN2K_PAC) {
                    if (pac != null) {
                        return false;
                    }
                    pac = element.data().toBytes();
                }
            }
            return pac != null && isOf(client, authTime, pac) && isSigned(pac, serviceKey);
        } catch (MalformedMessageException
                | BufferUnderflowException
                | BufferOverflowException
                | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isOf(Principal client, Instant authTime, byte[] pac) {
        ByteBuffer info = find(pac, CLIENT_INFO);
        long clientId = info.getLong();
        byte[] name = new byte[Short.toUnsignedInt(info.getShort())];
        info.get(name);
        return clientId == (authTime.getEpochSecond() - FILETIME_EPOCH_SECOND) * FILETIME_PER_SECOND
                && new String(name, StandardCharsets.UTF_16LE)
                        .equals(String.join("/", client.name().nameString()));
    }

    private static boolean isSigned(byte[] pac, EncryptionKey serviceKey) {
        ByteBuffer signature = find(pac, SERVER_CHECKSUM);
        if (signature.getInt() != serviceKey.type().checksumType()) {
            return false;
        }
        byte[] checksum = new byte[serviceKey.type().checksumSize()];
        signature.get(checksum);
        byte[] unsigned = pac.clone();
        zeroSignature(unsigned, SERVER_CHECKSUM);
        zeroSignature(unsigned, KDC_CHECKSUM);
        return serviceKey.verify(KEY_USAGE, unsigned, 0, unsigned.length, checksum);
    }

    /** The service's checksum is over the PAC with zeros for itself and for the KDC's. */
    private static void zeroSignature(byte[] pac, int type) {
        ByteBuffer signature = find(pac, type);
        int size = signatureSize(signature.getInt());
        signature.put(new byte[size]);
    }

    private static int signatureSize(int checksumType) {
        return switch (checksumType) {
            case 15, 16 -> 12; // hmac-sha1-96 of RFC 3962
            case 17, 18 -> 16; // cmac-camellia of RFC 6803
            case 19 -> 16; // hmac-sha256-128 of RFC 8009
            case 20 -> 24; // hmac-sha384-192 of RFC 8009
            case -138 -> 16; // hmac-md5 of RFC 4757
            default -> throw new IllegalArgumentException("unknown signature type");
        };
    }

    /** Finds the one buffer of a kind; what is not as it should be is one of the exceptions that {@link #verify} catches. */
    private static ByteBuffer find(byte[] pac, int type) {
        ByteBuffer in = ByteBuffer.wrap(pac).order(ByteOrder.LITTLE_ENDIAN);
        int count = in.getInt();
        int version = in.getInt();
        if (version != 0 || count < 0 || count > MAX_BUFFERS) {
            throw new IllegalArgumentException("not a PAC");
        }
        ByteBuffer found = null;
        for (int i = 0; i < count; i++) {
            int ulType = in.getInt();
            int size = in.getInt();
            long offset = in.getLong();
            if (ulType == type) {
                int infoEnd = INFO_POS + count * INFO_SIZE;
                if (found != null || size < 0 || offset < infoEnd || offset > pac.length - (long) size) {
                    throw new IllegalArgumentException("no single buffer, or not inside the PAC");
                }
                found = ByteBuffer.wrap(pac, (int) offset, size).order(ByteOrder.LITTLE_ENDIAN);
            }
        }
        if (found == null) {
            throw new IllegalArgumentException("no such buffer");
        }
        return found;
    }
}
