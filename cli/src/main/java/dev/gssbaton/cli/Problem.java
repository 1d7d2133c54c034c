package dev.gssbaton.cli;

/** A failure whose message says what was wrong and what to do. */
public final class Problem extends Exception {
    private static final long serialVersionUID = 1L;

    /** Makes a problem. */
    public Problem(String message) {
        super(message);
    }

    /** Makes a problem with its cause, which only {@code --verbose} shows. */
    public Problem(String message, Throwable cause) {
        super(message, cause);
    }
}
