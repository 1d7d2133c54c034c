package dev.gssbaton.krb5;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A PAC of four buffers, laid out by MS-PAC sections 2.3 to 2.8: logon information (here: anything), the client's name, the
 * service's checksum and the KDC's.
 */
final class ForgedPac {
    private static final int BUFFERS = 4;
    static final int LOGON_INFO = 8 + BUFFERS * 16;
    /** The place of the number that says how large the KDC's signature is. */
    static final int KDC_BUFFER_SIZE_AT = 8 + 3 * 16 + 4;

    private static final int LOGON_INFO_SIZE = 8;
    private static final int CLIENT_INFO = LOGON_INFO + LOGON_INFO_SIZE;
    static final int CLIENT_NAME = CLIENT_INFO + 10;
    private static final int CLIENT_INFO_SIZE = 40;
    private static final int SERVER_BUFFER = CLIENT_INFO + CLIENT_INFO_SIZE;
    static final int SERVER_CHECKSUM = SERVER_BUFFER + 4;
    private static final int SERVER_BUFFER_SIZE = 32;
    private static final int KDC_BUFFER = SERVER_BUFFER + SERVER_BUFFER_SIZE;

    private EncryptionKey key;
    private String client;
    private Instant authTime;

    ForgedPac(ForgedTicket ticket) {
        key = ticket.realm.serviceKey(TestRealm.KVNO);
        client = ticket.client().name().toString();
        authTime = ticket.authTime();
    }

    ForgedPac client(String other) {
        client = other;
        return this;
    }

    ForgedPac authTime(Instant other) {
        authTime = other;
        return this;
    }

    ForgedPac key(EncryptionKey other) {
        key = other;
        return this;
    }

    byte[] sign() {
        int checksumSize = key.type().checksumSize();
        ByteBuffer pac = ByteBuffer.allocate(KDC_BUFFER + 4 + checksumSize).order(ByteOrder.LITTLE_ENDIAN);
        pac.putInt(BUFFERS).putInt(0);
        pac.putInt(1).putInt(LOGON_INFO_SIZE).putLong(LOGON_INFO);
        byte[] name = client.getBytes(StandardCharsets.UTF_16LE);
        pac.putInt(10).putInt(10 + name.length).putLong(CLIENT_INFO);
        pac.putInt(6).putInt(4 + checksumSize).putLong(SERVER_BUFFER);
        pac.putInt(7).putInt(4 + checksumSize).putLong(KDC_BUFFER);
        pac.position(LOGON_INFO).putLong(0x0102030405060708L);
        // FILETIME: 100 ns since 1601, which is 134774 days before 1970
        pac.putLong((authTime.getEpochSecond() + 134_774L * 86_400) * 10_000_000);
        pac.putShort((short) name.length).put(name);
        pac.putInt(SERVER_BUFFER, key.type().checksumType());
        pac.putInt(KDC_BUFFER, key.type().checksumType());
        byte[] octets = pac.array();
        byte[] checksum = key.checksum(17, octets, 0, octets.length);
        pac.position(SERVER_CHECKSUM).put(checksum);
        pac.position(KDC_BUFFER + 4).put(checksum);
        return octets;
    }
}
