package dev.gssbaton.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gssbaton.spi.TransferFault;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

final class ComplaintTest {
    @Test
    void aStatusIsNamedAsInRfc2743() {
        assertEquals(
                "NO_CONTEXT: the token has been taken before", Complaint.of(TransferFault.ALREADY_TAKEN.exception()));
        for (int major = GSSException.BAD_BINDINGS; major <= GSSException.GAP_TOKEN; major++) {
            assertEquals(-1, MajorStatus.name(major).indexOf("status"), "major code " + major);
        }
    }

    @Test
    void aStatusWithoutMinorTextSaysTheMajorOne() {
        GSSException e = new GSSException(GSSException.BAD_MIC);
        assertEquals("BAD_MIC: " + e.getMajorString(), Complaint.of(e));
    }

    @Test
    void whatThePeerWroteCannotReachTheTerminalAsControls() {
        assertEquals("a; b?[31mred?", Complaint.line("a\r\n b\u001b[31mred\u0007"));
        assertEquals("right?to left", Complaint.line("right\u202eto left"));
        assertEquals("IOException: x; y", Complaint.of(new IOException("x\ny")));
    }

    @Test
    void aFailureWithoutAnyTextIsNamed() {
        assertEquals("EOFException", Complaint.of(new EOFException()));
        assertEquals("IllegalStateException", Complaint.of(new IllegalStateException()));
    }

    @Test
    void filesAreNamed() {
        assertEquals("there is no file /a/b", Complaint.of(new NoSuchFileException("/a/b")));
        assertEquals("no permission for /a/b", Complaint.of(new AccessDeniedException("/a/b")));
    }
}
