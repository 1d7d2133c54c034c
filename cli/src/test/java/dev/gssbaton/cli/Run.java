package dev.gssbaton.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/**
 * What a command that ran in this JVM came to.
 *
 * @param exitCode its exit code
 * @param out its standard output
 * @param err its standard error
 */
public record Run(int exitCode, String out, String err) {
    /** Runs the command. */
    public static Run of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Baton.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }

    /** Returns the lines of the standard output. */
    public List<String> lines() {
        return out.lines().toList();
    }
}
