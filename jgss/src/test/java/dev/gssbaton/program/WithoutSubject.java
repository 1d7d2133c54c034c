package dev.gssbaton.program;

import com.sun.security.jgss.AuthorizationDataEntry;
import com.sun.security.jgss.ExtendedGSSContext;
import com.sun.security.jgss.InquireType;
import dev.gssbaton.jgss.Baton;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;
import org.ietf.jgss.Oid;

/**
 * A program that leaves the login to JGSS: it sets {@code javax.security.auth.useSubjectCredsOnly=false}, has the entries that
 * the JDK documents, and no Subject. It is both sides of a context, and prints whose mechanism each is on.
 */
public final class WithoutSubject {
    private WithoutSubject() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setProperty("javax.security.auth.useSubjectCredsOnly", "false");
        Configuration.setConfiguration(entries(args[0], args[1], args[2], args[3]));
        GSSContext[] sides = establish();
        String[] roles = {"initiator", "acceptor"};
        for (int i = 0; i < 2; i++) {
            out.println(roles[i] + " of " + owner(sides[i]));
        }
        out.println("client " + sides[1].getSrcName());
        out.println("authorization data " + authorizationData((ExtendedGSSContext) sides[1]));
    }

    /** Gives the entries of a user and a service, each with a keytab. */
    public static Configuration entries(String user, String userKeytab, String service, String serviceKeytab) {
        Map<String, AppConfigurationEntry[]> entries = new HashMap<>();
        entries.put("com.sun.security.jgss.initiate", entry(Map.of("principal", user, "keyTab", userKeytab)));
        entries.put(
                "com.sun.security.jgss.accept",
                entry(Map.of(
                        "principal", service, "keyTab", serviceKeytab, "storeKey", "true", "isInitiator", "false")));
        return new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return entries.get(name);
            }
        };
    }

    private static AppConfigurationEntry[] entry(Map<String, String> options) {
        Map<String, String> all = new HashMap<>(options);
        all.put("useKeyTab", "true");
        all.put("doNotPrompt", "true");
        return new AppConfigurationEntry[] {
            new AppConfigurationEntry(
                    "com.sun.security.auth.module.Krb5LoginModule", LoginModuleControlFlag.REQUIRED, all)
        };
    }

    /** Establishes a context and sends a message each way. */
    public static GSSContext[] establish() throws GSSException, IOException {
        GSSManager manager = GSSManager.getInstance();
        Oid krb5 = new Oid("1.2.840.113554.1.2.2");
        GSSContext initiator = manager.createContext(
                manager.createName("sample@localhost", GSSName.NT_HOSTBASED_SERVICE),
                krb5,
                null,
                GSSContext.DEFAULT_LIFETIME);
        initiator.requestMutualAuth(true);
        GSSContext acceptor = manager.createContext((GSSCredential) null);
        byte[] request = initiator.initSecContext(new byte[0], 0, 0);
        byte[] reply = acceptor.acceptSecContext(request, 0, request.length);
        initiator.initSecContext(reply, 0, reply.length);
        byte[] message = {1, 2, 3};
        for (int i = 0; i < 2; i++) {
            GSSContext from = i == 0 ? initiator : acceptor;
            GSSContext to = i == 0 ? acceptor : initiator;
            byte[] token = from.wrap(message, 0, message.length, new MessageProp(true));
            if (to.unwrap(token, 0, token.length, new MessageProp(true)).length != message.length) {
                throw new IOException("the message has changed");
            }
        }
        return new GSSContext[] {initiator, acceptor};
    }

    /** Tells whose mechanism is behind a context. */
    public static String owner(GSSContext context) {
        try {
            return Baton.contextOf(context).isEstablished() ? "Baton" : "nobody";
        } catch (GSSException e) {
            return "the JDK";
        }
    }

    private static String authorizationData(ExtendedGSSContext context) {
        try {
            Object data = context.inquireSecContext(InquireType.KRB5_GET_AUTHZ_DATA);
            return data == null ? "none" : Integer.toString(((AuthorizationDataEntry[]) data).length);
        } catch (GSSException e) {
            return e.getMajorString();
        }
    }
}
