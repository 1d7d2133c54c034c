package dev.gssbaton.cli.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A worker's reports and its answers to offers come on two ways, each of which may be first. */
final class HeldTest {
    private final List<String> told = new ArrayList<>();
    private final SessionNote session = new SessionNote(SessionNote.newId(), "alice");
    private final Held held = new Held(new SessionListener() {
        @Override
        public void adopted(SessionNote adopted) {
            told.add("adopted");
        }

        @Override
        public void moved(SessionNote moved) {
            told.add("moved");
        }

        @Override
        public void ended(SessionNote ended, String why) {
            told.add("ended " + why);
        }
    });

    @Test
    void whatAnotherProcessGaveIsAdoptedOnce() {
        held.took(session);
        held.took(session);
        held.ended(session, "");
        assertEquals(List.of("adopted", "ended "), told);
    }

    @Test
    void whatWasGivenFromHereIsNotAdopted() {
        held.offered(session);
        held.took(session);
        held.given(session);
        held.died();
        assertEquals(List.of("ended closed, its worker died"), told);
    }

    @Test
    void anEndBeforeTheAnswerIsToldAfterIt() {
        held.offered(session);
        held.ended(session, "why");
        assertEquals(List.of(), told);
        held.given(session);
        assertEquals(List.of("ended why"), told);
    }

    @Test
    void whatWasGivenAwayBeforeTheAnswerHasMoved() {
        held.offered(session);
        held.took(session);
        held.gave(session);
        held.given(session);
        held.died();
        assertEquals(List.of("moved"), told);
    }

    @Test
    void whatWasKeptIsNotTheWorkersToEnd() {
        held.offered(session);
        held.kept(session);
        held.died();
        held.ended(session, "why");
        assertEquals(List.of(), told);
    }

    @Test
    void whatWasOfferedAndNotAnsweredBeforeTheDeathEndsWithTheAnswer() {
        held.offered(session);
        held.died();
        assertEquals(List.of(), told);
        held.given(session);
        assertEquals(List.of("ended closed, its worker died"), told);
    }
}
