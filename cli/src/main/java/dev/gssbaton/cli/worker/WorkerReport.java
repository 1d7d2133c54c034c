package dev.gssbaton.cli.worker;

import dev.gssbaton.cli.Complaint;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A line in which a worker tells its parent something.
 *
 * @param kind what happened
 * @param words what is said of it
 */
record WorkerReport(Kind kind, List<String> words) {
    /** What a worker tells. */
    enum Kind {
        /** It has taken a session: id, client. */
        TOOK,
        /** A session has ended: id, client, why; nothing if the client ended it as it should. */
        ENDED,
        /** It has given a session to another process: id, client. */
        GAVE,
        /** It gives no more sessions to another process: how many it still has, why; nothing if that is none. */
        STOPPED_GIVING,
        /** Anything else: a text. */
        SAYS
    }

    static WorkerReport of(Kind kind, String... words) {
        return new WorkerReport(kind, Arrays.stream(words).map(Complaint::line).toList());
    }

    static WorkerReport of(Kind kind, SessionNote session, String... words) {
        String[] all = new String[2 + words.length];
        all[0] = session.id();
        all[1] = session.client();
        System.arraycopy(words, 0, all, 2, words.length);
        return of(kind, all);
    }

    static WorkerReport parse(String line) {
        List<String> all = Arrays.asList(line.split("\t", -1));
        for (Kind kind : Kind.values()) {
            if (kind.name().equals(all.get(0))) {
                return new WorkerReport(kind, all.subList(1, all.size()));
            }
        }
        return of(Kind.SAYS, line);
    }

    /** Tells it to the parent. */
    void tell() {
        System.out.println(this);
    }

    String word(int index) {
        return index < words.size() ? words.get(index) : "";
    }

    SessionNote session() {
        return new SessionNote(word(0), word(1));
    }

    @Override
    public String toString() {
        return kind + words.stream().map(word -> "\t" + word).collect(Collectors.joining());
    }
}
