package dev.gssbaton.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the demo says must be able to be false. */
final class TallyTest {
    @Test
    void allIsWellWhenAllIsWell() {
        Tally tally = new Tally(2);
        well(tally, "client1");
        well(tally, "client2");
        expired(tally);
        assertCounts(tally, 2, 0, 0);
        assertTrue(tally.isPerfect());
    }

    @Test
    void theTwoReportsOfAContextMayComeInAnyOrder() {
        Tally tally = new Tally(1);
        refusals(tally, "client1", null);
        assertNull(add(tally, done("client1")));
        assertNotNull(add(tally, moved("client1", 1)));
        expired(tally);
        assertTrue(tally.isPerfect());
    }

    @Test
    void aContextThatTwoWorkersTookIsLiveTwice() {
        Tally tally = new Tally(1);
        refusals(tally, "client1", null);
        add(tally, moved("client1", 2));
        add(tally, done("client1"));
        expired(tally);
        assertCounts(tally, 0, 1, 1);
        assertFalse(tally.isPerfect());
    }

    @Test
    void aContextThatTheDispatcherCanStillUseIsLiveTwice() {
        Tally tally = new Tally(1);
        refusals(tally, "client1", Trial.USE_AFTER_EXPORT);
        add(tally, moved("client1", 1));
        add(tally, done("client1"));
        expired(tally);
        assertCounts(tally, 1, 0, 1);
        assertFalse(tally.isPerfect());
    }

    @Test
    void aContextThatNoWorkerTookIsLost() {
        Tally tally = new Tally(1);
        refusals(tally, "client1", null);
        add(tally, moved("client1", 0));
        add(tally, Report.of(Report.Kind.FAILED, "client1", "EOFException"));
        expired(tally);
        assertCounts(tally, 0, 1, 0);
        assertFalse(tally.isPerfect());
    }

    @Test
    void aContextOfWhichNobodyReportsIsLost() {
        Tally tally = new Tally(2);
        well(tally, "client1");
        expired(tally);
        assertCounts(tally, 1, 1, 0);
        assertFalse(tally.isPerfect());
    }

    @Test
    void aConversationWithTooFewAnswersIsLost() {
        Tally tally = new Tally(1);
        refusals(tally, "client1", null);
        add(tally, moved("client1", 1));
        add(tally, Report.of(Report.Kind.DONE, "client1", 4, 15, "worker 1", 8));
        expired(tally);
        assertCounts(tally, 0, 1, 0);
        assertFalse(tally.isPerfect());
    }

    @Test
    void aContextThatWasNeverMovedIsLost() {
        Tally tally = new Tally(1);
        refusals(tally, "client1", null);
        add(tally, moved("client1", 1));
        add(tally, Report.of(Report.Kind.DONE, "client1", 20, 0, "worker 1", 0));
        expired(tally);
        assertCounts(tally, 0, 1, 0);
    }

    @ParameterizedTest
    @EnumSource(Trial.class)
    void whatIsNotRefusedIsNotWell(Trial trial) {
        Tally tally = new Tally(1);
        refusals(tally, "client1", trial);
        add(tally, moved("client1", 1));
        add(tally, done("client1"));
        if (trial == Trial.EXPIRED) {
            add(tally, Report.of(Report.Kind.TRIED, trial, Trial.Outcome.NOT_REFUSED, "a worker took it", "late"));
        } else {
            expired(tally);
        }
        assertFalse(tally.isPerfect());
    }

    @Test
    void whatIsRefusedForAnotherReasonIsNotWell() {
        Tally tally = new Tally(1);
        well(tally, "client1");
        String said = add(
                tally,
                Report.of(Report.Kind.TRIED, Trial.EXPIRED, Trial.Outcome.REFUSED_OTHERWISE, "FAILURE: x", "late"));
        assertTrue(said.contains("WRONGLY REFUSED"), said);
        assertFalse(tally.isPerfect());
    }

    @Test
    void whatWasNotTriedIsNotWell() {
        Tally tally = new Tally(1);
        well(tally, "client1");
        assertFalse(tally.isPerfect());
        assertTrue(tally.refusals().stream().anyMatch(line -> line.contains("not tried")));
    }

    @Test
    void aReportIsReadAsItWasWritten() {
        Report report = Report.of(Report.Kind.TRIED, Trial.EXPIRED, "with\ta tab\nand a line break", "");
        Report read = Report.parse(report.toString());
        assertEquals(report, read);
        assertEquals(3, read.words().size());
        assertEquals(Report.of(Report.Kind.NOTE, "something else"), Report.parse("something else"));
    }

    private static void well(Tally tally, String client) {
        refusals(tally, client, null);
        add(tally, moved(client, 1));
        add(tally, done(client));
    }

    private static void refusals(Tally tally, String client, Trial except) {
        for (Trial trial : Trial.values()) {
            if (trial != Trial.EXPIRED) {
                Trial.Outcome outcome = trial == except ? Trial.Outcome.NOT_REFUSED : Trial.Outcome.REFUSED;
                add(tally, Report.of(Report.Kind.TRIED, trial, outcome, "NO_CONTEXT: x", client));
            }
        }
    }

    private static void expired(Tally tally) {
        add(tally, Report.of(Report.Kind.TRIED, Trial.EXPIRED, Trial.Outcome.REFUSED, "NO_CONTEXT: x", "late"));
    }

    private static Report moved(String client, int takers) {
        return Report.of(Report.Kind.MOVED, client, 330, takers, 1);
    }

    private static Report done(String client) {
        return Report.of(
                Report.Kind.DONE, client, Script.BEFORE_MOVE, Script.MESSAGES - Script.BEFORE_MOVE, "worker 1", 8);
    }

    private static String add(Tally tally, Report report) {
        return tally.add(Report.parse(report.toString()));
    }

    private static void assertCounts(Tally tally, int handedOver, int lost, int liveTwice) {
        assertEquals(handedOver, tally.handedOver(), "handed over");
        assertEquals(lost, tally.lost(), "lost");
        assertEquals(liveTwice, tally.liveTwice(), "live twice");
    }
}
