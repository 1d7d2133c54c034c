package dev.gssbaton.krb5.ticket;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.AccessController;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSException;

/**
 * The current Subject, on every JDK: {@code Subject.current} and {@code callAs} where they exist (18 and later), otherwise
 * {@code getSubject} and {@code doAs}, which throw from 24 on without a security manager or are to be removed.
 */
public final class CurrentSubject {
    private static final MethodHandle CURRENT = find("current", MethodType.methodType(Subject.class));
    private static final MethodHandle CALL_AS =
            find("callAs", MethodType.methodType(Object.class, Subject.class, Callable.class));

    private CurrentSubject() {}

    /**
     * Gives the current Subject.
     *
     * @return the Subject; null if there is none
     */
    public static Subject get() {
        if (CURRENT == null) {
            return getOld();
        }
        try {
            return (Subject) CURRENT.invokeExact();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("Subject.current threw a checked exception", e);
        }
    }

    /**
     * Calls JGSS with a Subject as the current one.
     *
     * @param <T> what the call returns
     * @param subject the Subject
     * @param call the call
     * @return what it returned
     * @throws GSSException what it threw
     */
    public static <T> T call(Subject subject, GssCall<T> call) throws GSSException {
        try {
            return CALL_AS == null ? callOld(subject, call) : callNew(subject, call);
        } catch (PrivilegedActionException | CompletionException e) {
            if (e.getCause() instanceof GSSException cause) {
                throw cause;
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("a call of JGSS threw another exception", e);
        }
    }

    /**
     * A call of JGSS.
     *
     * @param <T> what it returns
     */
    @FunctionalInterface
    public interface GssCall<T> {
        /**
         * Calls.
         *
         * @return anything
         * @throws GSSException if JGSS throws it
         */
        T call() throws GSSException;
    }

    @SuppressWarnings("unchecked") // callAs returns what the call returned
    private static <T> T callNew(Subject subject, GssCall<T> call) {
        Callable<T> action = call::call;
        try {
            return (T) (Object) CALL_AS.invokeExact(subject, action);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("Subject.callAs threw a checked exception", e);
        }
    }

    private static <T> T callOld(Subject subject, GssCall<T> call) throws PrivilegedActionException {
        return Subject.doAs(subject, (PrivilegedExceptionAction<T>) call::call);
    }

    @SuppressWarnings("removal") // the only way on 17
    private static Subject getOld() {
        return Subject.getSubject(AccessController.getContext());
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
