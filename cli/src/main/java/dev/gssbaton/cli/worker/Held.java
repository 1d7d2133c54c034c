package dev.gssbaton.cli.worker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sessions that one worker has, or is being given. The worker tells of them on one way and answers offers on another, so that
 * each may be first. Safe for use by several threads.
 */
final class Held {
    private static final String DIED = "closed, its worker died";

    private final SessionListener listener;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private boolean dead;

    private static final class Entry {
        private final SessionNote session;
        private boolean settled;
        private String ended;

        Entry(SessionNote session) {
            this.session = session;
        }
    }

    Held(SessionListener listener) {
        this.listener = listener;
    }

    /** It is being given a session. */
    synchronized void offered(SessionNote session) {
        entries.put(session.id(), new Entry(session));
    }

    /** It was not given the session. */
    synchronized void kept(SessionNote session) {
        entries.remove(session.id());
    }

    /** It was given the session, and may have given it to another process before this is known here. */
    synchronized void given(SessionNote session) {
        Entry entry = entries.get(session.id());
        if (entry == null) {
            return;
        }
        entry.settled = true;
        if (entry.ended != null || dead) {
            end(entry, entry.ended != null ? entry.ended : DIED);
        }
    }

    /** It says that it has a session. */
    synchronized void took(SessionNote session) {
        if (!entries.containsKey(session.id())) {
            offered(session);
            listener.adopted(session);
            given(session);
        }
    }

    /** It says that it has given a session to another process. */
    synchronized void gave(SessionNote session) {
        if (entries.remove(session.id()) != null) {
            listener.moved(session);
        }
    }

    /** It says that a session has ended. */
    synchronized void ended(SessionNote session, String why) {
        Entry entry = entries.get(session.id());
        if (entry == null) {
            return;
        }
        entry.ended = why;
        if (entry.settled) {
            end(entry, why);
        }
    }

    /** It is dead, and will say nothing more. */
    synchronized void died() {
        dead = true;
        List<Entry> all = new ArrayList<>(entries.values());
        for (Entry entry : all) {
            if (entry.settled) {
                end(entry, DIED);
            }
        }
    }

    private void end(Entry entry, String why) {
        entries.remove(entry.session.id());
        listener.ended(entry.session, why);
    }
}
