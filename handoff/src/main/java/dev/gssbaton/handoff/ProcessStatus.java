package dev.gssbaton.handoff;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code /proc} says of a process.
 *
 * @param pid its number
 * @param parent its parent's number
 * @param processGroup its process group
 * @param uid its effective account
 */
record ProcessStatus(long pid, long parent, long processGroup, long uid) {
    private static final int MAX_ANCESTORS = 64;
    private static final Pattern EFFECTIVE_USER = Pattern.compile("(?m)^Uid:\\s+\\d+\\s+(\\d+)\\s");
    /** The name of a program, in parentheses, may have parentheses itself; then state, parent, group. */
    private static final Pattern STAT = Pattern.compile("(?s)(\\d+) \\(.*\\) \\S+ (\\d+) (\\d+) .*");

    static ProcessStatus self() throws IOException {
        return of("self");
    }

    static ProcessStatus of(long pid) throws IOException {
        return of(Long.toString(pid));
    }

    private static ProcessStatus of(String pid) throws IOException {
        String directory = "/proc/" + pid;
        Matcher stat = STAT.matcher(read(directory + "/stat"));
        Matcher user = EFFECTIVE_USER.matcher(read(directory + "/status"));
        if (!stat.matches() || !user.find()) {
            throw new IOException(directory + " does not say what a process is");
        }
        return new ProcessStatus(
                Long.parseLong(stat.group(1)),
                Long.parseLong(stat.group(2)),
                Long.parseLong(stat.group(3)),
                Long.parseLong(user.group(1)));
    }

    /** Gives the numbers of its parent, its parent's parent, and so on, up to one that has ended or cannot be looked at. */
    List<Long> ancestors() {
        List<Long> found = new ArrayList<>();
        try {
            for (long next = parent; next > 0 && found.size() < MAX_ANCESTORS; next = of(next).parent()) {
                found.add(next);
            }
        } catch (IOException e) {
            // Those that were found are what they are.
        }
        return found;
    }

    /** A stream, since reading from a channel fails in a thread that has been interrupted. */
    private static String read(String file) throws IOException {
        try (FileInputStream in = new FileInputStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
