package dev.gssbaton.cli.inspect;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A new file that its owner alone can read, with room on the disk for what is not there yet: what cannot be got again is
 * written where it fits. Closed before anything was written, it is gone. (A file system that copies what is overwritten may
 * need more room nevertheless.)
 */
final class ReservedFile implements AutoCloseable {
    private static final FileAttribute<?> OWNER_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path path;
    private final FileChannel channel;
    private boolean written;

    private ReservedFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Makes a file of zeros that are on the disk.
     *
     * @throws FileAlreadyExistsException if something is there
     * @throws IOException if there is no room, and then there is no file either
     */
    static ReservedFile create(Path path, int size) throws IOException {
        return fill(
                new ReservedFile(
                        path,
                        FileChannel.open(
                                path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ALONE)),
                size);
    }

    /** Makes such a file among temporary ones. */
    static ReservedFile temporary(int size) throws IOException {
        Path path = Files.createTempFile("baton-", ".token", OWNER_ALONE);
        return fill(new ReservedFile(path, FileChannel.open(path, StandardOpenOption.WRITE)), size);
    }

    private static ReservedFile fill(ReservedFile file, int size) throws IOException {
        boolean done = false;
        try {
            file.put(new byte[size]);
            done = true;
            return file;
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    /** Writes all that the file is to have, and has it on the disk. */
    void write(byte[] octets) throws IOException {
        written = true;
        put(octets);
        channel.truncate(octets.length);
        channel.force(true);
    }

    private void put(byte[] octets) throws IOException {
        channel.position(0);
        for (ByteBuffer left = ByteBuffer.wrap(octets); left.hasRemaining(); ) {
            channel.write(left);
        }
        channel.force(true);
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            if (!written) {
                Files.delete(path);
            }
        }
    }
}
