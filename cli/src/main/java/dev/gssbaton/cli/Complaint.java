package dev.gssbaton.cli;

import java.io.EOFException;
import java.net.BindException;
import java.net.ProtocolException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.ietf.jgss.GSSException;

/** Says in one line what went wrong, for people to read. */
public final class Complaint {
    private Complaint() {}

    /** Says what went wrong. Whatever a peer may have put into it cannot reach the terminal as a control character. */
    public static String of(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof GSSException e) {
            return line(MajorStatus.name(e.getMajor()) + ": " + reason(e));
        }
        if (failure instanceof NoSuchFileException e) {
            return line("there is no file " + e.getFile());
        }
        if (failure instanceof AccessDeniedException e) {
            return line("no permission for " + e.getFile());
        }
        if (failure instanceof NotDirectoryException e) {
            return line(e.getFile() + " is not a directory");
        }
        if (failure instanceof Problem
                || failure instanceof BindException
                || failure instanceof ProtocolException
                || failure instanceof EOFException) {
            return line(message == null ? failure.getClass().getSimpleName() : message);
        }
        return line(failure.getClass().getSimpleName() + (message == null ? "" : ": " + message));
    }

    /** Makes one line of a text: control characters, of which a line break is one, become {@code ?}. */
    public static String line(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ").replaceAll("\\p{C}", "?");
    }

    /** Returns what a refusal says beside its major status; the status' own text if it says nothing. */
    public static String reason(GSSException e) {
        String minor = e.getMinorString();
        return minor == null || minor.isEmpty() ? e.getMajorString() : minor;
    }
}
