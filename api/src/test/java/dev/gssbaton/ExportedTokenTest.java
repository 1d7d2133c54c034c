package dev.gssbaton;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gssbaton.seal.TokenHeader;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

class ExportedTokenTest {
    private final ToyPair pair;

    ExportedTokenTest() throws GSSException {
        pair = ToyPair.establish(BatonManager.builder()
                .keys(new ToyKeys())
                .claims(new ToyClaims())
                .build());
    }

    @Test
    void rule10_closingWipesTheOctetsThatWereLent() throws GSSException {
        ExportedToken token = pair.acceptor().exportToken();
        byte[] octets = token.octets();
        assertNotEquals(0, octets[0]);
        token.close();
        assertArrayEquals(new byte[octets.length], octets);
        assertThrows(IllegalStateException.class, token::octets);
        token.close();
    }

    @Test
    void rule10_theOctetsOfAnExportStayAsTheyAre() throws GSSException {
        byte[] octets = pair.acceptor().export();
        byte[] before = octets.clone();
        pair.acceptor().dispose();
        assertArrayEquals(before, octets);
    }

    @Test
    void namesItselfByItsFirstDigitsAlone() throws GSSException {
        try (ExportedToken token = pair.acceptor().exportToken()) {
            TokenHeader header = TokenHeader.decode(token.octets());
            assertEquals(header.id(), token.id());
            assertEquals(header.notAfter(), token.notAfter());
            assertEquals("ExportedToken[" + header.id() + "]", token.toString());
        }
    }
}
