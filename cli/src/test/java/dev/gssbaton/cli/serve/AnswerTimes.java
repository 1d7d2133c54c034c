package dev.gssbaton.cli.serve;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** When the answers on one connection came. Safe for use by several threads. */
final class AnswerTimes {
    private long[] times = new long[1024];
    private int count;

    /** An answer has come. */
    synchronized void add(long nanoTime) {
        if (count == times.length) {
            times = Arrays.copyOf(times, 2 * count);
        }
        times[count++] = nanoTime;
    }

    /** Returns the longest time between two answers of which the second came in a window. */
    synchronized Duration longest(long from, long to) {
        long longest = 0;
        for (int i = 1; i < count; i++) {
            if (times[i] - from >= 0 && to - times[i] >= 0) {
                longest = Math.max(longest, times[i] - times[i - 1]);
            }
        }
        return Duration.ofNanos(longest);
    }

    /** Returns the median, the 99th percentile and the greatest, for people to read. */
    static String summary(List<Duration> durations) {
        long[] millis =
                durations.stream().mapToLong(Duration::toMillis).sorted().toArray();
        return "%d / %d / %d ms"
                .formatted(millis[millis.length / 2], millis[millis.length * 99 / 100], millis[millis.length - 1]);
    }
}
