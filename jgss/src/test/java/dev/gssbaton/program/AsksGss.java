package dev.gssbaton.program;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;

/** The program of a forked JVM that knows JGSS alone, and prints whose mechanisms it finds. */
public final class AsksGss {
    private AsksGss() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Oid krb5 = new Oid("1.2.840.113554.1.2.2");
        for (int i = 0; i < 2; i++) {
            GSSManager manager = GSSManager.getInstance();
            try {
                // Baton refuses a quoted character, the JDK drops the quoting.
                manager.createName("alice\\/admin@EXAMPLE.TEST", new Oid(krb5 + ".1"), krb5);
                out.println("krb5 of the JDK");
            } catch (GSSException e) {
                out.println(e.getMinorString().contains("is no krb5 name") ? "krb5 of Baton" : e.toString());
            }
            out.println("mechanism of " + args[0] + " "
                    + Arrays.asList(manager.getMechs()).contains(new Oid(args[0])));
        }
    }
}
