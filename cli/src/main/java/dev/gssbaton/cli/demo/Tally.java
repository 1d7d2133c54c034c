package dev.gssbaton.cli.demo;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Adds up what the processes of the demo report. Safe for use by several threads. */
final class Tally {
    private final int contexts;
    private final Map<String, Report> moved = new HashMap<>();
    private final Set<String> done = new HashSet<>();
    private final Set<String> failed = new HashSet<>();
    private final Map<Trial, Map<String, Integer>> refusals = new EnumMap<>(Trial.class);
    private final Map<String, Report> through = new HashMap<>();
    private final Set<String> usableAfterExport = new HashSet<>();
    private boolean wrong;
    private boolean failureSeen;

    Tally(int contexts) {
        this.contexts = contexts;
    }

    /** Adds a report, and returns what people should see of it; null for nothing. */
    synchronized String add(Report report) {
        return switch (report.kind()) {
            case MOVED -> {
                moved.put(report.word(0), report);
                yield joined(report.word(0));
            }
            case TRIED -> tried(report);
            case DONE -> {
                through.put(report.word(0), report);
                yield joined(report.word(0));
            }
            case FAILED -> {
                failed.add(report.word(0));
                yield report.word(0) + ": FAILED, " + report.word(1);
            }
            case LISTENING, NOTE -> report.word(0);
        };
    }

    private String tried(Report report) {
        Trial trial = Trial.valueOf(report.word(0));
        Trial.Outcome outcome = Trial.Outcome.valueOf(report.word(1));
        refusals.computeIfAbsent(trial, unused -> new TreeMap<>()).merge(report.word(2), 1, Integer::sum);
        if (outcome == Trial.Outcome.REFUSED) {
            return null;
        }
        wrong = true;
        if (trial == Trial.USE_AFTER_EXPORT && outcome == Trial.Outcome.NOT_REFUSED) {
            usableAfterExport.add(report.word(3));
        }
        return report.word(3) + ": " + trial.text()
                + (outcome == Trial.Outcome.NOT_REFUSED ? " NOT REFUSED, " : " WRONGLY REFUSED, ") + report.word(2);
    }

    /** Says what became of a client once both have reported it: they are different processes, so either may be first. */
    private String joined(String name) {
        Report move = moved.get(name);
        Report end = through.get(name);
        if (move == null || end == null) {
            return null;
        }
        int byDispatcher = end.number(1);
        int byWorker = end.number(2);
        boolean whole = byDispatcher == Script.BEFORE_MOVE && byDispatcher + byWorker == Script.MESSAGES;
        if (move.number(2) != 1 || !whole) {
            failed.add(name);
            return name + ": FAILED, " + byDispatcher + " answers of the dispatcher and " + byWorker + " of "
                    + end.word(3) + ", and " + move.word(2) + " workers took its context";
        }
        done.add(name);
        return "%3d  %s: dispatcher answered %d, token of %s octets to %s, which answered %d; %s were in flight"
                .formatted(done.size(), name, byDispatcher, move.word(1), end.word(3), byWorker, end.word(4));
    }

    /** Tells whether a client has failed, to the first who asks after that. */
    synchronized boolean isFirstFailure() {
        boolean first = !failed.isEmpty() && !failureSeen;
        failureSeen |= first;
        return first;
    }

    /** Returns the refusals, one line for each kind. */
    synchronized List<String> refusals() {
        List<String> lines = new ArrayList<>();
        for (Trial trial : Trial.values()) {
            String what = trial.text();
            for (Map.Entry<String, Integer> answer :
                    refusals.getOrDefault(trial, Map.of("not tried", 0)).entrySet()) {
                lines.add("%-46s %4d x %s".formatted(what, answer.getValue(), answer.getKey()));
                what = "";
            }
        }
        return lines;
    }

    synchronized int handedOver() {
        return done.size();
    }

    synchronized int lost() {
        return contexts - done.size();
    }

    /** Counts contexts that more than one worker took, or that went on in the dispatcher beside a worker. */
    synchronized int liveTwice() {
        int twice = 0;
        for (Report move : moved.values()) {
            int live = move.number(2) + (usableAfterExport.contains(move.word(0)) ? 1 : 0);
            twice += live > 1 ? 1 : 0;
        }
        return twice;
    }

    /** Tells whether everything was handed over, and everything that had to be tried was tried and rightly refused. */
    synchronized boolean isPerfect() {
        boolean all = done.size() == contexts && failed.isEmpty() && liveTwice() == 0 && !wrong;
        for (Trial trial : Trial.values()) {
            int wanted = trial == Trial.EXPIRED ? 1 : contexts;
            int tried = refusals.getOrDefault(trial, Map.of()).values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            all &= tried == wanted;
        }
        return all;
    }
}
