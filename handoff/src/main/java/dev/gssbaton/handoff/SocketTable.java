package dev.gssbaton.handoff;

import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.newsclub.net.unix.FileDescriptorAccess;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * Finds the descriptors of channels. The JDK keeps its own to itself; but the system lists its TCP connections with the number of each
 * socket, and this process's descriptors with the same numbers.
 *
 * <p>It holds what was so when it was made, and so is made after the channels that it is asked for were connected. For use by one thread.
 */
final class SocketTable {
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int INODE = 9;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final String MAPPED = "0000000000000000FFFF0000";

    /** From both addresses, as the system writes them, to the socket's number. */
    private final Map<String, Long> inodes = new HashMap<>();
    /** From the socket's number to that of a descriptor. */
    private final Map<Long, Integer> descriptors = new HashMap<>();

    private boolean filled;

    /**
     * Duplicates a channel's descriptor.
     *
     * @param channel connected to a TCP peer
     * @return a descriptor for the same socket, which the caller closes
     * @throws IOException if the channel's own cannot be found
     */
    PassedSocket find(SocketChannel channel) throws IOException {
        if (channel instanceof FileDescriptorAccess known) {
            return PassedSocket.duplicating(known.getFileDescriptor());
        }
        if (!filled) {
            fill();
        }
        Long inode = inodes.get(key(channel.getLocalAddress()) + key(channel.getRemoteAddress()));
        Integer number = inode == null ? null : descriptors.get(inode);
        if (number == null) {
            throw new IOException(
                    "the descriptor of " + channel + " cannot be found in /proc: a connected TCP socket of this"
                            + " process and its network namespace can be passed");
        }
        PassedSocket socket =
                PassedSocket.duplicating(FileDescriptorCast.unsafeUsing(number).getFileDescriptor());
        if (socket.inode() != inode) {
            socket.close();
            throw new IOException(channel + " was closed meanwhile");
        }
        return socket;
    }

    private void fill() throws IOException {
        readConnections("/proc/self/net/tcp");
        if (Files.exists(Path.of("/proc/self/net/tcp6"))) {
            readConnections("/proc/self/net/tcp6");
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path each : all) {
                int number = Integer.parseInt(each.getFileName().toString());
                try {
                    descriptors.put(PassedSocket.inode(number), number);
                } catch (IOException e) {
                    // No socket, or closed by now.
                }
            }
        }
        filled = true;
    }

    private void readConnections(String file) throws IOException {
        String text;
        try (FileInputStream in = new FileInputStream(file)) {
            text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
        text.lines().skip(1).forEach(line -> {
            String[] fields = line.strip().split("\\s+", INODE + 2);
            inodes.put(unmapped(fields[LOCAL]) + unmapped(fields[REMOTE]), Long.parseLong(fields[INODE]));
        });
    }

    /** An IPv4 connection of an IPv6 socket is written as the JDK tells it: as IPv4. */
    private static String unmapped(String address) {
        return address.startsWith(MAPPED) ? address.substring(MAPPED.length()) : address;
    }

    /** Writes an address as the system does: each word of it in this machine's order, then the port. */
    private static String key(SocketAddress address) throws IOException {
        if (!(address instanceof InetSocketAddress inet)) {
            throw new IOException("a socket at " + address + " cannot be passed: only a connected TCP socket can");
        }
        byte[] octets = inet.getAddress().getAddress();
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < octets.length; i++) {
            key.append(HEX.toHexDigits(octets[little ? i ^ 3 : i]));
        }
        return key.append(':').append(HEX.toHexDigits((short) inet.getPort())).toString();
    }
}
