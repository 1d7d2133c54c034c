package dev.gssbaton.handoff;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * A descriptor of our own for a socket that is passed: one more for the same file description, so that closing it, or the channel it
 * was made of, leaves the other open, and says nothing to the client.
 *
 * <p>The socket behind it is known by its number among all sockets of the system, which is the same in both processes.
 */
final class PassedSocket implements Closeable {
    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");

    private final FileDescriptor descriptor;
    private final long inode;
    private boolean released;

    private PassedSocket(FileDescriptor descriptor, long inode) {
        this.descriptor = descriptor;
        this.inode = inode;
    }

    /** Makes a second descriptor; the first stays whose it was. */
    static PassedSocket duplicating(FileDescriptor original) throws IOException {
        FileDescriptorCast copy = FileDescriptorCast.duplicating(original);
        FileDescriptor descriptor = copy.getFileDescriptor();
        boolean known = false;
        try {
            PassedSocket socket = new PassedSocket(descriptor, inode(copy.as(Integer.class)));
            known = true;
            return socket;
        } finally {
            if (!known) {
                close(descriptor);
            }
        }
    }

    /** Takes over a descriptor that was received, which junixsocket would close together with the connection it came over. */
    static PassedSocket received(FileDescriptor original) throws IOException {
        try {
            return duplicating(original);
        } finally {
            close(original);
        }
    }

    /** Closes a descriptor, and says nothing to whoever is connected. */
    static void close(FileDescriptor descriptor) throws IOException {
        new FileOutputStream(descriptor).close();
    }

    /** Gives the number of the socket behind one of this process's descriptors. */
    static long inode(int number) throws IOException {
        String target = Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(number)))
                .toString();
        Matcher socket = SOCKET.matcher(target);
        if (!socket.matches()) {
            throw new IOException("descriptor " + number + " is no socket");
        }
        return Long.parseLong(socket.group(1));
    }

    FileDescriptor descriptor() {
        return descriptor;
    }

    long inode() {
        return inode;
    }

    /** Makes a channel of it, which owns the descriptor from here on. */
    SocketChannel toChannel() throws IOException {
        SocketChannel channel = FileDescriptorCast.using(descriptor).as(SocketChannel.class);
        released = true;
        return channel;
    }

    @Override
    public void close() throws IOException {
        if (!released) {
            released = true;
            close(descriptor);
        }
    }
}
