package dev.gssbaton.krb5.credential;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.message.Principal;
import java.time.Instant;

/** One key of one principal: an entry of a keytab, or a key of a Subject. */
final class LongTermKey implements AutoCloseable {
    private final Principal principal;
    private final int encryptionType;
    private final int kvno;
    private final int kvnoMask;
    private final Instant written;
    private final EncryptionKey key;

    /**
     * Keeps a key.
     *
     * @param encryptionType the number of its encryption type
     * @param kvno its version
     * @param kvnoMask which bits of the version are known: all, or the eight of an old keytab
     * @param written when the entry says that it was written, else its file; 1970 if it stands in none
     * @param key the key, owned by this object from now on; null if its encryption type is not supported
     */
    LongTermKey(Principal principal, int encryptionType, int kvno, int kvnoMask, Instant written, EncryptionKey key) {
        this.principal = principal;
        this.encryptionType = encryptionType;
        this.kvno = kvno;
        this.kvnoMask = kvnoMask;
        this.written = written;
        this.key = key;
    }

    Principal principal() {
        return principal;
    }

    int encryptionType() {
        return encryptionType;
    }

    int kvno() {
        return kvno;
    }

    /** Tells whether this is the version that a ticket names, of whose 32 bits some peers make a negative number. */
    boolean isVersion(long wanted) {
        return ((int) wanted & kvnoMask) == kvno;
    }

    Instant written() {
        return written;
    }

    /** Gives the key; null if its encryption type is not supported. */
    EncryptionKey key() {
        return key;
    }

    @Override
    public void close() {
        if (key != null) {
            key.close();
        }
    }
}
