package dev.gssbaton.krb5.credential;

import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.Principal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.ietf.jgss.GSSException;

/**
 * A keytab file. Its keys are kept, and read again when the file has changed, at which is looked about once a second: so a
 * rotation needs no restart, and opening a ticket costs no system call.
 *
 * <p>A file that is gone or cannot be read has no keys: what was read before is not used any more.
 */
final class Keytab implements KeySupply {
    private static final long LOOK_AGAIN = TimeUnit.SECONDS.toNanos(1);

    /** A file that is being written in place is torn for some milliseconds. */
    private static final int ATTEMPTS = 10;

    private static final long BETWEEN_ATTEMPTS = TimeUnit.MILLISECONDS.toNanos(10);

    /** A change so soon after another may leave a file's time as it is: no system's clock for files is coarser. */
    private static final long SETTLED = TimeUnit.SECONDS.toNanos(2);

    private final Path file;
    private final LongSupplier nanoTime;
    private Version version;
    private boolean settled;
    private KeyRing ring;
    private KerberosException failure;
    private long lookedAt;
    private boolean closed;

    private Keytab(Path file, LongSupplier nanoTime) {
        this.file = file;
        this.nanoTime = nanoTime;
    }

    /**
     * Reads a keytab.
     *
     * @throws KerberosException {@code NO_CRED} if it is missing, unreadable or malformed
     */
    static Keytab open(Path file) throws KerberosException {
        return open(file, System::nanoTime);
    }

    /** Reads a keytab, as {@link #open(Path)} does, and looks at the file again by another clock. */
    static Keytab open(Path file, LongSupplier nanoTime) throws KerberosException {
        Keytab keytab = new Keytab(file.toAbsolutePath(), nanoTime);
        keytab.keys(null).close();
        return keytab;
    }

    @Override
    public synchronized KeyRing keys(Principal service) throws KerberosException {
        if (closed) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_ERR_NOKEY, GSSException.NO_CRED, "the credential has been disposed of");
        }
        long now = nanoTime.getAsLong();
        if ((ring == null && failure == null) || now - lookedAt >= LOOK_AGAIN) {
            failure = null;
            try {
                refresh();
            } catch (KerberosException e) {
                failure = e;
            }
            lookedAt = nanoTime.getAsLong();
        }
        if (failure != null) {
            throw new KerberosException(failure.errorCode(), failure.getMajor(), failure.getMinorString());
        }
        return ring.share();
    }

    @Override
    public String describe() {
        return "keytab " + file;
    }

    @Override
    public synchronized void close() {
        closed = true;
        drop();
    }

    private void refresh() throws KerberosException {
        for (int attempt = 1; ; attempt++) {
            try {
                Version found = Version.of(file);
                if (ring == null || !settled || !found.equals(version)) {
                    drop();
                    settled = found.isOlderThan(SETTLED);
                    ring = read(found.time());
                    version = found;
                }
                return;
            } catch (NoSuchFileException e) {
                drop();
                throw unusable("does not exist: correct its path, or create it with kadmin's ktadd");
            } catch (AccessDeniedException e) {
                drop();
                throw unusable("cannot be read by user " + System.getProperty("user.name")
                        + ": give the user read permission");
            } catch (IOException e) {
                drop();
                if (attempt == ATTEMPTS) {
                    throw unusable("cannot be read as a keytab: " + e.getMessage() + "; create it anew");
                }
                LockSupport.parkNanos(BETWEEN_ATTEMPTS);
            }
        }
    }

    private KeyRing read(Instant modified) throws IOException {
        if (Files.size(file) > KeytabFormat.MAX_SIZE) {
            throw new IOException("it has more than " + KeytabFormat.MAX_SIZE + " octets");
        }
        byte[] octets;
        try (InputStream in = Files.newInputStream(file)) {
            octets = in.readNBytes(KeytabFormat.MAX_SIZE);
        }
        try {
            return new KeyRing(KeytabFormat.decode(octets, modified));
        } finally {
            Arrays.fill(octets, (byte) 0);
        }
    }

    private void drop() {
        if (ring != null) {
            ring.close();
            ring = null;
        }
    }

    private KerberosException unusable(String what) {
        return new KerberosException(
                ErrorCode.KRB_AP_ERR_NOKEY, GSSException.NO_CRED, "the keytab " + file + " " + what);
    }

    /** What changes when a file is written or replaced. */
    private record Version(Object key, long modified, long size) {
        static Version of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(
                    Objects.requireNonNullElse(attributes.fileKey(), file),
                    attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                    attributes.size());
        }

        Instant time() {
            return Instant.EPOCH.plusNanos(modified);
        }

        boolean isOlderThan(long nanos) {
            return modified < TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - nanos;
        }
    }
}
