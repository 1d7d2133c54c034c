package dev.gssbaton.cli.process;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.Channel;
import org.newsclub.net.unix.FileDescriptorAccess;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * A channel of junixsocket's whose socket another process has, or is to have, too. Closing such a channel as usual would shut the
 * socket down in both.
 */
public final class SharedSocket {
    private SharedSocket() {}

    /** Returns the channel's own descriptor. */
    public static FileDescriptor descriptor(Channel channel) throws IOException {
        return ((FileDescriptorAccess) channel).getFileDescriptor();
    }

    /** Closes this process's descriptor and the channel, and says nothing to whoever is connected. */
    public static void close(Channel channel) throws IOException {
        close(descriptor(channel));
        channel.close();
    }

    /** Closes a descriptor and nothing else. */
    public static void close(FileDescriptor descriptor) throws IOException {
        new FileOutputStream(descriptor).close();
    }

    /** Takes over a descriptor that came over a connection, with which junixsocket would close it. */
    public static FileDescriptor received(FileDescriptor original) throws IOException {
        try {
            return FileDescriptorCast.duplicating(original).getFileDescriptor();
        } finally {
            close(original);
        }
    }
}
