package dev.gssbaton.program;

import com.sun.security.jgss.AuthorizationDataEntry;
import com.sun.security.jgss.ExtendedGSSContext;
import com.sun.security.jgss.InquireType;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.EncKrbCredPart;
import dev.gssbaton.krb5.message.KrbCred;
import dev.gssbaton.spi.SecretBytes;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.PrivilegedExceptionAction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.EncryptionKey;
import javax.security.auth.kerberos.KerberosCredMessage;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/** Asks both sides of contexts for everything that {@code inquireSecContext} knows, and prints what does not differ by chance. */
public final class InquiresEverything {
    private static final InquireType[] TYPES = InquireType.values();

    private InquiresEverything() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Configuration entries = WithoutSubject.entries(args[0], args[1], args[2], args[3]);
        Subject client = login(entries, "com.sun.security.jgss.initiate");
        Subject server = login(entries, "com.sun.security.jgss.accept");
        for (boolean delegate : new boolean[] {false, true}) {
            GSSContext[] sides = contexts(delegate);
            byte[] request = as(client, () -> sides[0].initSecContext(new byte[0], 0, 0));
            tell(out, "half established", sides[0], sides[1]);
            byte[] reply = as(server, () -> sides[1].acceptSecContext(request, 0, request.length));
            sides[0].initSecContext(reply, 0, reply.length);
            out.println(WithoutSubject.owner(sides[0]) + " with " + WithoutSubject.owner(sides[1]));
            tell(out, delegate ? "delegating" : "established", sides[0], sides[1]);
            GSSCredential delegated = delegate ? as(server, sides[1]::getDelegCred) : null;
            if (delegated != null) {
                GSSContext[] on = contexts(false, delegated);
                byte[] first = as(server, () -> on[0].initSecContext(new byte[0], 0, 0));
                byte[] second = as(server, () -> on[1].acceptSecContext(first, 0, first.length));
                on[0].initSecContext(second, 0, second.length);
                tell(out, "going on", on[0], on[1]);
            }
            sides[0].dispose();
            sides[1].dispose();
            tell(out, "disposed of", sides[0], sides[1]);
        }
    }

    private static Subject login(Configuration entries, String name) throws Exception {
        LoginContext login = new LoginContext(name, new Subject(), null, entries);
        login.login();
        return login.getSubject();
    }

    private static <T> T as(Subject subject, PrivilegedExceptionAction<T> action) throws Exception {
        return Subject.doAs(subject, action);
    }

    private static GSSContext[] contexts(boolean delegate, GSSCredential... with) throws GSSException {
        GSSManager manager = GSSManager.getInstance();
        GSSContext initiator = manager.createContext(
                manager.createName("sample@localhost", GSSName.NT_HOSTBASED_SERVICE),
                new Oid("1.2.840.113554.1.2.2"),
                with.length == 0 ? null : with[0],
                GSSContext.DEFAULT_LIFETIME);
        initiator.requestMutualAuth(true);
        initiator.requestCredDeleg(delegate);
        return new GSSContext[] {initiator, manager.createContext((GSSCredential) null)};
    }

    private static void tell(PrintStream out, String when, GSSContext initiator, GSSContext acceptor) throws Exception {
        for (InquireType type : TYPES) {
            List<Object> answers = new ArrayList<>();
            for (GSSContext side : new GSSContext[] {initiator, acceptor}) {
                answers.add(answer(side, type));
            }
            boolean same = answers.get(0) != null && answers.get(0).equals(answers.get(1));
            out.println(when + " " + type + ": " + said(answers.get(0), acceptor) + " | "
                    + (same ? "the same" : said(answers.get(1), acceptor)));
        }
    }

    private static Object answer(GSSContext context, InquireType type) {
        try {
            Object answer = ((ExtendedGSSContext) context).inquireSecContext(type);
            if (answer instanceof boolean[] flags) {
                return Arrays.toString(flags);
            }
            return answer instanceof EncryptionKey || !(answer instanceof Key key)
                    ? answer
                    : Map.of(key.getAlgorithm() + " " + key.getFormat(), Arrays.hashCode(key.getEncoded()));
        } catch (GSSException e) {
            return e.getMajorString();
        }
    }

    private static String said(Object answer, GSSContext acceptor) throws Exception {
        if (answer instanceof EncryptionKey key) {
            return key.getKeyType() + " " + key.getAlgorithm() + " " + key.getFormat() + " " + key.getEncoded().length;
        }
        if (answer instanceof Map<?, ?> key) {
            return key.keySet().toString();
        }
        if (answer instanceof AuthorizationDataEntry[] elements) {
            return "elements " + elements.length;
        }
        if (answer instanceof KerberosCredMessage message) {
            return message.getSender() + " to " + message.getRecipient() + " with " + opened(message, acceptor);
        }
        return String.valueOf(answer).replaceAll("\\d{14}Z", "a time");
    }

    /** The acceptor can open it with the context's key. */
    private static String opened(KerberosCredMessage message, GSSContext acceptor) throws Exception {
        EncryptionKey known =
                (EncryptionKey) ((ExtendedGSSContext) acceptor).inquireSecContext(InquireType.KRB5_GET_SESSION_KEY_EX);
        byte[] encoded = message.getEncoded();
        KrbCred credentials = KrbCred.decode(encoded, 0, encoded.length);
        try (dev.gssbaton.krb5.crypto.EncryptionKey key = new dev.gssbaton.krb5.crypto.EncryptionKey(
                        EncryptionType.of(known.getKeyType()).orElseThrow(), SecretBytes.take(known.getEncoded()));
                EncKrbCredPart part = credentials.encPart().open(key, KrbCred.KEY_USAGE, EncKrbCredPart::decode)) {
            return part.ticketInfo().size() + " ticket";
        }
    }
}
