package dev.gssbaton.jgss;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.AccessController;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KerberosTicket;
import org.ietf.jgss.GSSException;

/** The current Subject on every JDK: by the methods that 18 has, or by those that it deprecated. */
final class Subjects {
    private static final String GRANTING = "krbtgt/";
    private static final MethodHandle CURRENT = find("current", MethodType.methodType(Subject.class));
    private static final MethodHandle CALL_AS =
            find("callAs", MethodType.methodType(Object.class, Subject.class, Callable.class));

    private Subjects() {}

    /** Tells whether a Subject has a ticket-granting ticket, and so can initiate. */
    static boolean isLoggedIn(Subject subject) {
        return subject != null && !granting(subject).isEmpty();
    }

    /** Lists a Subject's ticket-granting tickets. */
    static List<KerberosTicket> granting(Subject subject) {
        return privateCredentials(subject, KerberosTicket.class).stream()
                .filter(Subjects::isGranting)
                .toList();
    }

    /** One that is destroyed meanwhile, by a login that renews it, says nothing any more. */
    private static boolean isGranting(KerberosTicket ticket) {
        KerberosPrincipal server = ticket.getServer();
        Date end = ticket.getEndTime();
        return server != null
                && ticket.getClient() != null
                && server.getName().startsWith(GRANTING)
                && end != null
                && end.toInstant().isAfter(Instant.now());
    }

    /**
     * Lists a Subject's private credentials of a type. That they are not asked for by type lets other threads change the Subject,
     * and takes no notice of credentials that have been disposed of, which the JDK's Subject fails on.
     */
    static <T> List<T> privateCredentials(Subject subject, Class<T> type) {
        Set<Object> all = subject.getPrivateCredentials();
        List<T> found = new ArrayList<>();
        synchronized (all) {
            for (Object each : all) {
                if (type.isInstance(each)) {
                    found.add(type.cast(each));
                }
            }
        }
        return found;
    }

    /** What is done inside a Subject. */
    @FunctionalInterface
    interface GssCall<T> {
        T call() throws GSSException;
    }

    /** Gives the current Subject; null if there is none. */
    static Subject current() {
        if (CURRENT == null) {
            return currentOn17();
        }
        try {
            return (Subject) CURRENT.invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Calls with a Subject as the current one; where it is null or is that already, just calls. */
    @SuppressWarnings({"unchecked", "ReferenceEquality"
    }) // callAs returns what the call returned; equal Subjects differ
    static <T> T callAs(Subject subject, GssCall<T> call) throws GSSException {
        if (subject == null || subject == current()) {
            return call.call();
        }
        try {
            if (CALL_AS == null) {
                return callOn17(subject, call);
            }
            Callable<T> action = call::call;
            return (T) (Object) CALL_AS.invokeExact(subject, action);
        } catch (PrivilegedActionException | CompletionException e) {
            if (e.getCause() instanceof GSSException cause) {
                throw cause;
            }
            throw unexpected(e.getCause());
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @SuppressWarnings("removal") // the only way on 17
    private static Subject currentOn17() {
        return Subject.getSubject(AccessController.getContext());
    }

    @SuppressWarnings({"removal", "RedundantSuppression"}) // the only way on 17
    private static <T> T callOn17(Subject subject, GssCall<T> call) throws PrivilegedActionException {
        return Subject.doAs(subject, (PrivilegedExceptionAction<T>) call::call);
    }

    private static RuntimeException unexpected(Throwable thrown) {
        if (thrown instanceof RuntimeException unchecked) {
            return unchecked;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("a Subject's method threw a checked exception", thrown);
    }

    private static MethodHandle find(String name, MethodType type) {
        try {
            return MethodHandles.publicLookup().findStatic(Subject.class, name, type);
        } catch (NoSuchMethodException e) {
            return null;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("Subject." + name + " is not public", e);
        }
    }
}
