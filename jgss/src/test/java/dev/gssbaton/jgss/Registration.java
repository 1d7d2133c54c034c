package dev.gssbaton.jgss;

import java.security.Security;
import java.util.concurrent.Callable;

/**
 * Chooses for what is made meanwhile whether the JDK's GSS-API finds Baton: a {@code GSSManager} keeps to the providers that
 * it finds when it is made, so that both kinds live in one JVM. That of SPNEGO makes another one when it is first needed.
 */
final class Registration {
    private static final BatonProvider BATON = new BatonProvider();

    private Registration() {}

    /** On whose mechanism a side is. */
    enum Side {
        BATON("Baton"),
        JDK("the JDK");

        private final String owner;

        Side(String owner) {
            this.owner = owner;
        }

        /** As {@code WithoutSubject.owner} says it. */
        String owner() {
            return owner;
        }
    }

    /** Tells on whose mechanism a side is: on the JDK's in a JVM that does not export what Baton needs. */
    static Side actual(Side side) {
        return GssMechanisms.isExported(GssMechanisms.PACKAGE) ? side : Side.JDK;
    }

    /** Puts Baton in front of all providers until this is closed; where it is the JDK's turn, does nothing. */
    static AutoCloseable until(Side side) {
        if (side == Side.JDK) {
            return () -> {};
        }
        Security.insertProviderAt(BATON, 1);
        return () -> Security.removeProvider(BATON.getName());
    }

    /** Makes something with Baton in front of all providers, or without it. */
    @SuppressWarnings("try") // it is closed, and that is all
    static synchronized <T> T on(Side side, Callable<T> make) throws Exception {
        try (AutoCloseable registered = until(side)) {
            return make.call();
        }
    }
}
