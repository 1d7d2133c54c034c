package dev.gssbaton.krb5.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeimdalPackedTest {
    @ParameterizedTest
    @CsvSource({
        "0, 00",
        "1, 01",
        "7f, 7f",
        "80, 8180",
        "ff, 81ff",
        "100, 820100",
        "ffff, 82ffff",
        "10000, 83010000",
        "ffffff, 83ffffff",
        "1000000, 8401000000",
        "7fffffff, 847fffffff",
        "80000000, 8480000000",
        "ffffffff, 84ffffffff",
    })
    void number_has_one_encoding(String number, String octets) throws Exception {
        long value = Long.parseLong(number, 16);
        try (StateWriter out = new StateWriter(0, 8)) {
            HeimdalPacked.encode((int) value, out);
            byte[] written = Arrays.copyOf(out.array(), out.position());
            assertArrayEquals(HexFormat.of().parseHex(octets), written);
            StateReader in = reader(octets);
            assertEquals(value, HeimdalPacked.uint32(in, "number"));
            in.expectEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "80", "8100", "817f", "820080", "82", "8201", "8300ffff", "84000000ff", "850000000001", "ff"
            })
    void another_encoding_or_a_cut_is_refused(String octets) {
        assertMalformed(() -> HeimdalPacked.uint32(reader(octets), "number"));
    }

    @Test
    void number_is_not_cut_to_its_field() throws Exception {
        assertEquals(0xffff, HeimdalPacked.uint16(reader("82ffff"), "number"));
        assertMalformed(() -> HeimdalPacked.uint16(reader("83010000"), "number"));
        assertMalformed(() -> HeimdalPacked.uint32(reader("850100000000"), "number"));
        assertEquals(-1, HeimdalPacked.decode(Long.BYTES, reader("88ffffffffffffffff"), "number"));
        assertMalformed(() -> HeimdalPacked.decode(Long.BYTES, reader("89010000000000000000"), "number"));
    }

    @Test
    void length_goes_no_further_than_the_token() throws Exception {
        assertEquals(2, HeimdalPacked.octets(reader("02aabb"), "octets").length);
        assertMalformed(() -> HeimdalPacked.octets(reader("03aabb"), "octets"));
        assertMalformed(() -> HeimdalPacked.octets(reader("847fffffff"), "octets"));
        assertMalformed(() -> HeimdalPacked.octets(reader("84ffffffff"), "octets"));
    }

    private static StateReader reader(String octets) {
        byte[] source = HexFormat.of().parseHex(octets);
        return new StateReader(source, 0, source.length);
    }

    private static void assertMalformed(Reading reading) {
        GSSException e = assertThrows(GSSException.class, reading::read);
        assertEquals(Optional.of(TransferFault.STATE_MALFORMED), TransferFault.of(e));
    }

    private interface Reading {
        void read() throws GSSException;
    }
}
