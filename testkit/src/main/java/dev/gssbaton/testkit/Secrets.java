package dev.gssbaton.testkit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.SecretBytes;
import java.lang.ref.SoftReference;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.security.Key;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import org.junit.jupiter.api.Assumptions;

/**
 * What can be reached from an object and holds, or may hold, a key: {@link SecretBytes} that are not erased, ciphers, MACs
 * and keys of the JCE.
 *
 * <p>The fields of every class are followed but those of the JDK, of which the usual containers are opened. What is reachable
 * by a weak reference alone is not held, and is often another context's.
 */
final class Secrets {
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> pending = new ArrayDeque<>();
    private final List<Object> found = new ArrayList<>();

    private Secrets() {}

    /**
     * Looks for secrets.
     *
     * @param root where to begin
     * @param shared objects that others own, and what they hold
     */
    static List<Object> reachableFrom(Object root, Collection<?> shared) {
        Secrets secrets = new Secrets();
        secrets.seen.addAll(shared.stream().filter(object -> object != null).toList());
        secrets.visit(root);
        while (!secrets.pending.isEmpty()) {
            secrets.open(secrets.pending.pop());
        }
        return List.copyOf(secrets.found);
    }

    /**
     * Looks for the secrets of an established context, of which there is one at least. What is kept in a plain array
     * cannot be told from other octets, so that nobody could say whether it was erased.
     */
    static List<Object> ofEstablished(Object context, Collection<?> shared) {
        List<Object> found = reachableFrom(context, shared);
        assertFalse(
                found.isEmpty(),
                "no secret is to be found in an established context: keep its keys in SecretBytes, where they can be erased");
        return found;
    }

    /** Asserts that the holders of secrets found before are erased. What holds a key of the JCE cannot be asked. */
    static void assertErased(List<Object> before) {
        for (Object object : before) {
            if (object instanceof SecretBytes secret) {
                assertTrue(secret.isDestroyed(), "a secret that was reachable before is not erased");
            }
        }
    }

    private void visit(Object object) {
        if (object != null && !(object instanceof Environment) && seen.add(object)) {
            pending.push(object);
        }
    }

    private void open(Object object) {
        if (object instanceof SecretBytes secret) {
            if (!secret.isDestroyed()) {
                found.add(secret);
            }
        } else if (object instanceof Cipher || object instanceof Mac || object instanceof Key) {
            found.add(object);
        } else if (object instanceof Object[] array) {
            for (Object element : array) {
                visit(element);
            }
        } else if (object instanceof Iterable<?> elements && isOfJdk(object.getClass())) {
            elements.forEach(this::visit);
        } else if (object instanceof Map<?, ?> map && isOfJdk(object.getClass())) {
            map.forEach((key, value) -> {
                visit(key);
                visit(value);
            });
        } else if (object instanceof Optional<?> optional) {
            optional.ifPresent(this::visit);
        } else if (object instanceof AtomicReference<?> reference) {
            visit(reference.get());
        } else if (object instanceof SoftReference<?> reference) {
            visit(reference.get());
        } else if (!isOfJdk(object.getClass())) {
            visitFields(object);
        }
    }

    private void visitFields(Object object) {
        for (Class<?> type = object.getClass(); type != null && !isOfJdk(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    visit(read(field, object));
                }
            }
        }
    }

    private static Object read(Field field, Object object) {
        Assumptions.assumeTrue(
                field.trySetAccessible(), () -> "run this on the class path, or open the package of " + field);
        try {
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(field + " is accessible", e);
        }
    }

    /** A class of the JDK, whose module does not open it. */
    private static boolean isOfJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }
}
