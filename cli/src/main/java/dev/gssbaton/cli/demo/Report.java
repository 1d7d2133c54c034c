package dev.gssbaton.cli.demo;

import dev.gssbaton.cli.Complaint;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A line that a process of the demo tells to the one that adds up: words, separated by tabs.
 *
 * @param kind what happened
 * @param words the rest
 */
record Report(Kind kind, List<String> words) {
    /** What happened. */
    enum Kind {
        /** The dispatcher listens: port, workers. */
        LISTENING,
        /** A context was exported and offered: client, octets of the token, workers that took it, number of the first. */
        MOVED,
        /** Something was tried that must fail: trial, outcome, status and text, client. */
        TRIED,
        /** A client is through: name, answers of the dispatcher, of the worker, which worker, messages in flight. */
        DONE,
        /** A client failed: name, why. */
        FAILED,
        /** Anything else that people should see: a text. */
        NOTE
    }

    static Report of(Kind kind, Object... words) {
        return new Report(
                kind,
                Arrays.stream(words)
                        .map(word -> Complaint.line(word.toString()))
                        .toList());
    }

    static Report parse(String line) {
        List<String> all = Arrays.asList(line.split("\t", -1));
        for (Kind kind : Kind.values()) {
            if (kind.name().equals(all.get(0))) {
                return new Report(kind, all.subList(1, all.size()));
            }
        }
        return of(Kind.NOTE, line);
    }

    /** Tells it to the parent. */
    void tell() {
        System.out.println(this);
    }

    String word(int index) {
        return words.get(index);
    }

    int number(int index) {
        return Integer.parseInt(words.get(index));
    }

    @Override
    public String toString() {
        return kind + words.stream().map(word -> "\t" + word).collect(Collectors.joining());
    }
}
