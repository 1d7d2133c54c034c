package dev.gssbaton.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.Key;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class JceKeyTest {
    private static final byte[] OCTETS = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

    private final JceKey key = new JceKey("HmacSHA256", SecretBytes.copyOf(OCTETS));

    @Test
    void the_jce_takes_it_as_any_other_key() throws Exception {
        assertArrayEquals(mac(new SecretKeySpec(OCTETS, "HmacSHA256")), mac(key));
        assertArrayEquals(mac(new SecretKeySpec(new byte[32], "HmacSHA256")), mac(JceKey.zero("HmacSHA256")));
    }

    @Test
    void what_it_gives_out_is_a_copy() {
        byte[] copy = key.getEncoded();
        assertNotSame(copy, key.getEncoded());
        Arrays.fill(copy, (byte) 0);
        assertArrayEquals(OCTETS, key.getEncoded());
    }

    @Test
    void once_destroyed_it_has_no_octets() {
        SecretBytes octets = SecretBytes.copyOf(OCTETS);
        byte[] held = octets.lend(own -> own);
        JceKey owner = new JceKey("AES", octets);
        assertFalse(owner.isDestroyed());
        owner.destroy();
        owner.close();
        assertTrue(owner.isDestroyed());
        assertArrayEquals(new byte[OCTETS.length], held);
        assertThrows(IllegalStateException.class, owner::getEncoded);
    }

    @Test
    void it_is_neither_shown_nor_serialized() throws Exception {
        assertEquals("JceKey[HmacSHA256]", key.toString());
        try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            assertThrows(NotSerializableException.class, () -> out.writeObject(key));
        }
    }

    private static byte[] mac(Key key) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        return mac.doFinal(OCTETS);
    }
}
