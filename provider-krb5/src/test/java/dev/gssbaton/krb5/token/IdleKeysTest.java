package dev.gssbaton.krb5.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IdleKeysTest {
    private final Queue<Runnable> later = new ArrayDeque<>();
    private long clock;
    private final IdleKeys idle = new IdleKeys(later::add, () -> clock);
    private final EncryptionKey key = EncryptionKey.generate(EncryptionType.AES256_CTS_HMAC_SHA1_96, Peers.RANDOM);

    @AfterEach
    void erase() {
        key.close();
    }

    private void timePasses() {
        later.remove().run();
    }

    private Direction direction() {
        return Direction.ofSender(key, KeyUsage.INITIATOR, Peers.RANDOM, idle);
    }

    private static DerivedKeys use(Direction direction) {
        DerivedKeys keys = direction.take();
        direction.back(keys);
        return keys;
    }

    @Test
    void keys_in_use_are_kept() {
        try (Direction direction = direction()) {
            DerivedKeys keys = use(direction);
            for (int i = 0; i < 5; i++) {
                timePasses();
                assertSame(keys, use(direction));
            }
        }
    }

    @Test
    void keys_not_used_for_two_periods_are_dropped() {
        try (Direction direction = direction()) {
            DerivedKeys keys = use(direction);
            timePasses();
            timePasses();
            assertEquals(0, later.size());
            assertNotSame(keys, use(direction));
            assertEquals(1, later.size());
        }
    }

    @Test
    void keys_are_not_dropped_under_a_message_that_takes_long() {
        try (Direction direction = direction()) {
            DerivedKeys keys = direction.take();
            for (int i = 0; i < 5; i++) {
                timePasses();
            }
            direction.back(keys);
            assertSame(keys, use(direction));
        }
    }

    @Test
    void nothing_is_looked_at_once_all_are_closed() {
        Direction direction = direction();
        use(direction);
        direction.close();
        timePasses();
        assertEquals(0, later.size());
    }

    /** As where the platform's timer could not start a thread. */
    @Test
    void a_timer_that_does_not_come_is_not_waited_for_forever() {
        try (Direction direction = direction();
                Direction second = direction();
                Direction third = direction()) {
            DerivedKeys keys = use(direction);
            later.clear();
            clock += IdleKeys.OVERDUE;
            use(second);
            assertEquals(0, later.size(), "it may be late");
            clock++;
            use(third);
            timePasses();
            timePasses();
            assertNotSame(keys, use(direction));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = EncryptionType.class,
            names = {"AES256_CTS_HMAC_SHA1_96", "RC4_HMAC"})
    void a_context_goes_on_after_a_rest(EncryptionType type) throws GSSException {
        try (EncryptionKey key = EncryptionKey.generate(type, Peers.RANDOM);
                MessageProtection initiator = protection(key, true, idle);
                MessageProtection acceptor = protection(key, false, idle)) {
            for (int i = 0; i < 4; i++) {
                byte[] message = Peers.message(i);
                byte[] token = initiator.wrap(message, 0, message.length, Peers.sealed());
                byte[] mic = initiator.getMIC(message, 0, message.length, Peers.signed());
                assertArrayEquals(message, acceptor.unwrap(token, 0, token.length, Peers.signed()));
                acceptor.verifyMIC(mic, 0, mic.length, message, 0, message.length, Peers.signed());
                timePasses();
                timePasses();
                assertEquals(0, later.size());
            }
        }
    }

    /** The worst moment of each: a sweep with every message, from another thread. */
    @ParameterizedTest
    @EnumSource(
            value = EncryptionType.class,
            names = {"AES256_CTS_HMAC_SHA1_96", "RC4_HMAC"})
    void messages_do_not_care_when_keys_are_dropped(EncryptionType type) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
        IdleKeys busy = new IdleKeys(tasks::add, System::nanoTime);
        try (EncryptionKey key = EncryptionKey.generate(type, Peers.RANDOM);
                MessageProtection initiator = protection(key, true, busy);
                MessageProtection acceptor = protection(key, false, busy)) {
            Thread sweeper = new Thread(() -> {
                while (!done.get()) {
                    Runnable task = tasks.poll();
                    if (task == null) {
                        Thread.onSpinWait();
                    } else {
                        task.run();
                    }
                }
            });
            sweeper.start();
            try {
                for (int i = 0; i < 5000; i++) {
                    byte[] message = Peers.message(i % 100);
                    byte[] token = initiator.wrap(message, 0, message.length, Peers.sealed());
                    assertArrayEquals(message, acceptor.unwrap(token, 0, token.length, Peers.signed()));
                }
            } finally {
                done.set(true);
                sweeper.join();
            }
        }
        assertFalse(tasks.size() > 1);
    }

    private static MessageProtection protection(EncryptionKey key, boolean initiator, IdleKeys keys) {
        long first = initiator ? Peers.INITIATOR_FIRST : Peers.ACCEPTOR_FIRST;
        long theirs = initiator ? Peers.ACCEPTOR_FIRST : Peers.INITIATOR_FIRST;
        return new MessageProtection(initiator, key, true, first, first, Peers.window(theirs), Peers.RANDOM, keys);
    }
}
