package dev.gssbaton.jgss;

import com.sun.security.jgss.ExtendedGSSContext;
import com.sun.security.jgss.InquireType;
import java.util.Optional;
import java.util.function.Consumer;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/**
 * Finds what of ours stands behind an object of the JDK's front end, which has no method for that. One of its methods that
 * reach our object is called while this thread asks, and our object answers here. The front end and its SPNEGO, which stands
 * between, call on the same thread.
 *
 * @param <T> what is looked for
 */
final class Revealed<T> {
    private static final ThreadLocal<Revealed<?>> ASKED = new ThreadLocal<>();
    private static final ThreadLocal<Consumer<AdaptedContext>> ESTABLISHING = new ThreadLocal<>();

    private final Class<T> type;
    private T found;

    private Revealed(Class<T> type) {
        this.type = type;
    }

    @FunctionalInterface
    private interface Question {
        void ask() throws GSSException;
    }

    /** Finds the context behind one of the front end's; empty if another mechanism's is. */
    static Optional<AdaptedContext> context(GSSContext context) {
        if (!(context instanceof ExtendedGSSContext front)) {
            return Optional.empty();
        }
        return ask(AdaptedContext.class, () -> front.inquireSecContext(InquireType.KRB5_GET_TKT_FLAGS));
    }

    /** Finds the credential for a mechanism behind one of the front end's; empty if another mechanism's is. */
    static Optional<AdaptedCredential> credential(GSSCredential credential, Oid mechanism, Role role) {
        return ask(AdaptedCredential.class, () -> role.lifetime(credential, mechanism));
    }

    /** What a context is established by. */
    @FunctionalInterface
    interface Call<R, X extends Exception> {
        R call() throws X;
    }

    /** Calls what establishes a context, and notes the last one that took part. */
    static <R, X extends Exception> R establishing(Consumer<AdaptedContext> note, Call<R, X> call) throws X {
        Consumer<AdaptedContext> before = ESTABLISHING.get();
        ESTABLISHING.set(note);
        try {
            return call.call();
        } finally {
            if (before == null) {
                ESTABLISHING.remove();
            } else {
                ESTABLISHING.set(before);
            }
        }
    }

    /** Tells whoever notes it that a context takes part. */
    static void takesPart(AdaptedContext context) {
        Consumer<AdaptedContext> note = ESTABLISHING.get();
        if (note != null) {
            note.accept(context);
        }
    }

    private static <T> Optional<T> ask(Class<T> type, Question question) {
        Revealed<T> revealed = new Revealed<>(type);
        Revealed<?> before = ASKED.get();
        ASKED.set(revealed);
        try {
            question.ask();
        } catch (GSSException | IllegalStateException e) {
            // It is another mechanism's, or not there yet, or a credential that has been disposed of.
        } finally {
            if (before == null) {
                ASKED.remove();
            } else {
                ASKED.set(before);
            }
        }
        return Optional.ofNullable(revealed.found);
    }

    /** Answers, where this is what the thread asks for. Whoever calls gives any answer to the front end then. */
    static boolean answer(Object own) {
        Revealed<?> asked = ASKED.get();
        return asked != null && asked.take(own);
    }

    private boolean take(Object own) {
        if (!type.isInstance(own)) {
            return false;
        }
        found = type.cast(own);
        return true;
    }
}
