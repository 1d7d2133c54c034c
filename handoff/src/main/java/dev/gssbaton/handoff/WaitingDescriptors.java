package dev.gssbaton.handoff;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * How many descriptors have been sent over a UNIX-domain socket and not received yet: Linux says it since 5.8, in {@code /proc}.
 *
 * @param file where it stands
 * @param isKnown whether it stands there
 */
record WaitingDescriptors(String file, boolean isKnown) {
    private static final Pattern COUNT = Pattern.compile("(?m)^scm_fds:\\s+(\\d+)$");

    static WaitingDescriptors of(FileDescriptor socket) throws IOException {
        int number = FileDescriptorCast.using(socket).as(Integer.class);
        String file = "/proc/self/fdinfo/" + number;
        return new WaitingDescriptors(file, read(file).find());
    }

    int count() throws IOException {
        Matcher count = read(file);
        if (!count.find()) {
            throw new IOException("the connection has been closed");
        }
        return Integer.parseInt(count.group(1));
    }

    private static Matcher read(String file) throws IOException {
        try (FileInputStream in = new FileInputStream(file)) {
            return COUNT.matcher(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        }
    }
}
