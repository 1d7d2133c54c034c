package dev.gssbaton.benchmarks;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Sets what was measured beside the goals, in Markdown: what misses its goal is bold. */
final class GoalTable {
    private static final String BATON = "baton";
    private static final String BUFFERS = "batonBuffers";
    private static final Map<String, String> WAYS =
            Map.of(BATON, "between arrays", BUFFERS, "between the caller's buffers");

    private final Map<String, Map<String, Map<Long, Measured>>> byEnctype;
    private final StringBuilder table = new StringBuilder();

    private GoalTable(Map<String, Map<String, Map<Long, Measured>>> byEnctype) {
        this.byEnctype = byEnctype;
    }

    /**
     * Makes the table.
     *
     * @param byEnctype by encryption type: by kind: by size
     * @param usual the encryption type that is compared with the JDK's
     * @param feature the JDK's feature version
     */
    static String of(Map<String, Map<String, Map<Long, Measured>>> byEnctype, String usual, int feature) {
        return new GoalTable(byEnctype).write(usual, feature);
    }

    private String write(String usual, int feature) {
        table.append("| octets |");
        MessageGoal.ALL.forEach(goal -> table.append(String.format(Locale.ROOT, " %,d |", goal.size())));
        table.append("\n|---|").append("---:|".repeat(MessageGoal.ALL.size())).append('\n');
        double share = feature == 17 ? 1 : MessageGoal.SHARE_ON_LATER_JDKS;
        goal("the JDK takes times as long, at least", "%.2f", goal -> share * goal.timesFasterThanJdk());
        for (String way : new String[] {BATON, BUFFERS}) {
            row(usual, way, true, goal -> share * goal.timesFasterThanJdk(), against("jdk", way, true));
        }
        goal("times the floor, at most", "%.2f", MessageGoal::timesTheFloor);
        for (String enctype : byEnctype.keySet()) {
            for (String way : new String[] {BATON, BUFFERS}) {
                row(enctype, way, false, MessageGoal::timesTheFloor, against(Report.FLOOR, way, false));
            }
        }
        if (byEnctype.values().stream().anyMatch(byKind -> byKind.containsKey("mit"))) {
            goal("MIT takes times as long, at least", "%.2f", goal -> MessageGoal.TIMES_FASTER_THAN_MIT);
            for (String enctype : byEnctype.keySet()) {
                row(enctype, BATON, true, goal -> MessageGoal.TIMES_FASTER_THAN_MIT, against("mit", BATON, true));
            }
        }
        goal("octets allocated by both together, at most", "%.0f", goal -> MessageGoal.OCTETS_WITH_BUFFERS);
        for (String enctype : byEnctype.keySet()) {
            row(enctype, BUFFERS, false, goal -> MessageGoal.OCTETS_WITH_BUFFERS, this::allocated);
        }
        return table.toString();
    }

    private void goal(String text, String format, Function<MessageGoal, Double> limit) {
        table.append("| *").append(text).append("* |");
        MessageGoal.ALL.forEach(
                goal -> table.append(String.format(Locale.ROOT, " *" + format + "* |", limit.apply(goal))));
        table.append('\n');
    }

    private void row(
            String enctype,
            String way,
            boolean atLeast,
            Function<MessageGoal, Double> limit,
            BiFunction<String, MessageGoal, Optional<String>> measured) {
        table.append("| ").append(enctype).append(", ").append(WAYS.get(way)).append(" |");
        for (MessageGoal goal : MessageGoal.ALL) {
            String text = measured.apply(enctype, goal).orElse("-");
            // By what is printed, so that nobody wonders at a bold number that is equal to its goal.
            double value = text.equals("-") ? limit.apply(goal) : Double.parseDouble(text);
            boolean missed = atLeast ? value < limit.apply(goal) : value > limit.apply(goal);
            table.append(missed ? " **" + text + "** |" : " " + text + " |");
        }
        table.append('\n');
    }

    private BiFunction<String, MessageGoal, Optional<String>> against(String other, String way, boolean ofOther) {
        return (enctype, goal) -> {
            Optional<Double> ours = nanos(enctype, way, goal);
            Optional<Double> theirs = nanos(enctype, other, goal);
            String ratio = ofOther ? Report.ratio(theirs, ours) : Report.ratio(ours, theirs);
            return ratio.equals("-") ? Optional.empty() : Optional.of(ratio);
        };
    }

    private Optional<Double> nanos(String enctype, String kind, MessageGoal goal) {
        return measured(enctype, kind, goal).map(Measured::nanos);
    }

    private Optional<String> allocated(String enctype, MessageGoal goal) {
        return measured(enctype, BUFFERS, goal)
                .filter(measured -> !Double.isNaN(measured.octets()))
                .map(measured -> String.format(Locale.ROOT, "%.0f", measured.octets()));
    }

    private Optional<Measured> measured(String enctype, String kind, MessageGoal goal) {
        return Optional.ofNullable(byEnctype.get(enctype))
                .map(byKind -> byKind.get(kind))
                .map(bySize -> bySize.get((long) goal.size()));
    }
}
