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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.StringTokenizer;
import org.newsclub.net.unix.FileDescriptorAccess;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * Finds the descriptors of channels. The JDK keeps its own to itself; but the system lists its TCP connections with the number of each
 * socket, and this process's descriptors with the same numbers.
 *
 * <p>It holds what was so when it was last filled: at first, and anew for a channel that it does not know, since the system may leave out
 * lines while the list changes. A server may have many thousands of both, and the clients of all that it gives wait meanwhile. So what no
 * process has any more is passed over, and descriptors are looked at one by one until the one that is asked for is found: a drain has
 * each looked at once, and no client waits for all. For use by one thread.
 */
final class SocketTable {
    /** The state of connections that have ended, and are kept for late packets: often most of the list. */
    private static final String TIME_WAIT = "06";
    /** From the state of a connection to the number of its socket. */
    private static final int FIELDS_BETWEEN = 5;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final String MAPPED = "0000000000000000FFFF0000";

    /** Where several sockets have the same addresses, as link-local ones of two links may: the system does not list the link. */
    private static final long SEVERAL = -1;

    /** From both addresses, as the system writes them, to the socket's number. */
    private final Map<String, Long> inodes = new HashMap<>();
    /** From the socket's number to that of a descriptor, as far as they were looked at. */
    private final Map<Long, Integer> descriptors = new HashMap<>();
    /** The numbers of descriptors that were not. */
    private final Deque<Integer> unknown = new ArrayDeque<>();

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
        String key = key(channel.getLocalAddress()) + key(channel.getRemoteAddress());
        boolean fresh = !filled;
        if (fresh) {
            fill();
        }
        if (number(key) == null && !fresh) {
            fill();
        }
        Integer number = number(key);
        if (number == null) {
            throw new IOException(
                    "the descriptor of " + channel + " cannot be found in /proc: a connected TCP socket of this"
                            + " process and its network namespace can be passed");
        }
        long inode = inodes.get(key);
        PassedSocket socket =
                PassedSocket.duplicating(FileDescriptorCast.unsafeUsing(number).getFileDescriptor());
        if (socket.inode() != inode) {
            socket.close();
            throw new IOException(channel + " was closed meanwhile");
        }
        return socket;
    }

    private Integer number(String key) throws IOException {
        Long inode = inodes.get(key);
        if (inode == null) {
            return null;
        }
        if (inode == SEVERAL) {
            throw new IOException("several sockets have the addresses " + key + ": which is meant cannot be told");
        }
        return descriptor(inode);
    }

    private void fill() throws IOException {
        inodes.clear();
        descriptors.clear();
        unknown.clear();
        readConnections("/proc/self/net/tcp");
        if (Files.exists(Path.of("/proc/self/net/tcp6"))) {
            readConnections("/proc/self/net/tcp6");
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path each : all) {
                unknown.add(Integer.valueOf(each.getFileName().toString()));
            }
        }
        filled = true;
    }

    private Integer descriptor(long inode) {
        while (!descriptors.containsKey(inode) && !unknown.isEmpty()) {
            int number = unknown.remove();
            try {
                descriptors.put(PassedSocket.inode(number), number);
            } catch (IOException e) {
                // No socket, or closed by now.
            }
        }
        return descriptors.get(inode);
    }

    private void readConnections(String file) throws IOException {
        String text;
        try (FileInputStream in = new FileInputStream(file)) {
            text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
        int begin = text.indexOf('\n') + 1;
        for (int end = text.indexOf('\n', begin); end >= 0; end = text.indexOf('\n', begin)) {
            readConnection(new StringTokenizer(text.substring(begin, end)));
            begin = end + 1;
        }
    }

    /** Reads number, local and remote address, state, queues, timer, retransmissions, account, time-outs, number of the socket. */
    private void readConnection(StringTokenizer fields) {
        fields.nextToken();
        String local = fields.nextToken();
        String remote = fields.nextToken();
        if (!fields.nextToken().equals(TIME_WAIT)) {
            for (int i = 0; i < FIELDS_BETWEEN; i++) {
                fields.nextToken();
            }
            inodes.merge(
                    unmapped(local) + unmapped(remote),
                    Long.valueOf(fields.nextToken()),
                    (one, other) -> one.equals(other) ? one : SEVERAL);
        }
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
