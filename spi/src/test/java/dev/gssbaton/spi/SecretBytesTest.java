package dev.gssbaton.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class SecretBytesTest {
    private static final byte[] OCTETS = {1, 2, 3, 4, 5};

    private static byte[] octets(SecretBytes secret) {
        return secret.lend(byte[]::clone);
    }

    @Test
    void it_copies_and_the_caller_keeps_the_array() {
        byte[] source = OCTETS.clone();
        try (SecretBytes secret = SecretBytes.copyOf(source)) {
            source[0] = 99;
            assertArrayEquals(OCTETS, octets(secret));
            assertEquals(5, secret.length());
        }
        assertArrayEquals(new byte[] {99, 2, 3, 4, 5}, source);
    }

    @Test
    void it_copies_a_part() {
        try (SecretBytes secret = SecretBytes.copyOf(OCTETS, 1, 3)) {
            assertArrayEquals(new byte[] {2, 3, 4}, octets(secret));
        }
        assertThrows(IndexOutOfBoundsException.class, () -> SecretBytes.copyOf(OCTETS, 3, 3));
        assertThrows(IndexOutOfBoundsException.class, () -> SecretBytes.copyOf(OCTETS, -1, 3));
        assertThrows(IndexOutOfBoundsException.class, () -> SecretBytes.copyOf(OCTETS, 1, Integer.MAX_VALUE));
    }

    @Test
    void what_it_takes_is_zeroed() {
        byte[] source = OCTETS.clone();
        try (SecretBytes secret = SecretBytes.take(source)) {
            assertArrayEquals(new byte[5], source);
            assertArrayEquals(OCTETS, octets(secret));
        }
    }

    @Test
    void closing_zeroes_and_does_so_once_or_twice() {
        SecretBytes secret = SecretBytes.copyOf(OCTETS);
        byte[] own = secret.lend(octets -> octets);
        assertFalse(secret.isDestroyed());
        secret.close();
        secret.close();
        secret.destroy();
        assertTrue(secret.isDestroyed());
        assertArrayEquals(new byte[5], own);
        assertEquals(5, secret.length());
    }

    @Test
    void destroying_is_closing() {
        SecretBytes secret = SecretBytes.copyOf(OCTETS);
        byte[] own = secret.lend(octets -> octets);
        secret.destroy();
        assertArrayEquals(new byte[5], own);
        assertThrows(IllegalStateException.class, () -> octets(secret));
    }

    @Test
    void a_closed_one_is_neither_lent_nor_copied() {
        SecretBytes secret = SecretBytes.copyOf(OCTETS);
        secret.close();
        assertThrows(IllegalStateException.class, () -> octets(secret));
        assertThrows(IllegalStateException.class, secret::copy);
    }

    @Test
    void a_copy_has_a_life_of_its_own() {
        SecretBytes secret = SecretBytes.copyOf(OCTETS);
        try (SecretBytes copy = secret.copy()) {
            secret.close();
            assertArrayEquals(OCTETS, octets(copy));
        }
    }

    @Test
    void equality_is_by_identity_and_the_text_has_no_octet() {
        try (SecretBytes one = SecretBytes.copyOf(OCTETS);
                SecretBytes two = SecretBytes.copyOf(OCTETS)) {
            assertNotEquals(one, two);
            assertEquals("SecretBytes[5 octets]", one.toString());
        }
    }

    @Test
    void it_is_not_serializable() throws IOException {
        try (SecretBytes secret = SecretBytes.copyOf(OCTETS);
                ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            assertThrows(NotSerializableException.class, () -> out.writeObject(secret));
        }
    }

    @Test
    void what_the_reader_throws_comes_through() {
        try (SecretBytes secret = SecretBytes.copyOf(OCTETS)) {
            IOException thrown = new IOException("x");
            assertEquals(
                    thrown,
                    assertThrows(
                            IOException.class,
                            () -> secret.lend(octets -> {
                                throw thrown;
                            })));
            assertArrayEquals(OCTETS, octets(secret));
        }
    }

    @Test
    void closing_waits_for_a_reading() throws Exception {
        SecretBytes secret = SecretBytes.copyOf(OCTETS);
        CountDownLatch lent = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<byte[]> reading = threads.submit(() -> secret.lend(octets -> {
                lent.countDown();
                goOn.await();
                return octets.clone();
            }));
            lent.await();
            Future<?> closing = threads.submit(secret::close);
            assertThrows(TimeoutException.class, () -> closing.get(50, TimeUnit.MILLISECONDS));
            goOn.countDown();
            assertArrayEquals(OCTETS, reading.get());
            closing.get();
            assertTrue(secret.isDestroyed());
        } finally {
            goOn.countDown();
            threads.shutdownNow();
        }
    }
}
