package dev.gssbaton.cli.connect;

import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.Problem;
import dev.gssbaton.krb5.credential.Krb5Credential;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.ietf.jgss.GSSException;

/** Gets a ticket-granting ticket for a Subject: from the credential cache, as {@code kinit} leaves it, or with a keytab. */
final class InitiatorLogin {
    private static final String CONFIGURATION = "java.security.krb5.conf";

    private InitiatorLogin() {}

    /** Lets the JDK read the krb5.conf that Kerberos' own programs read: it does not know their variable. */
    static void useConfigurationOfKerberos() {
        String files = System.getenv("KRB5_CONFIG");
        if (files != null && System.getProperty(CONFIGURATION) == null) {
            Arrays.stream(files.split(File.pathSeparator))
                    .filter(file -> !file.isEmpty() && Files.isReadable(Path.of(file)))
                    .findFirst()
                    .ifPresent(file -> System.setProperty(CONFIGURATION, file));
        }
    }

    /**
     * Logs in.
     *
     * @param keytab a file with the principal's key; null for the credential cache
     * @param principal whose; null for the credential cache's own
     * @throws Problem if there is no ticket, saying what to do
     * @throws GSSException if the keytab has no key of the principal
     */
    static Subject login(Path keytab, String principal) throws Problem, GSSException {
        Map<String, String> options = new HashMap<>(Map.of("doNotPrompt", "true"));
        if (principal != null) {
            options.put("principal", principal);
        }
        if (keytab == null) {
            options.put("useTicketCache", "true");
            return login(options, whereTheCacheIs() + ": run kinit, or give --keytab and --principal");
        }
        // What is wrong with a keytab is said better there than by JAAS, which asks for a password that nobody gives.
        Krb5Credential.fromKeytab(keytab, principal).dispose();
        options.put("useKeyTab", "true");
        options.put("keyTab", keytab.toString());
        return login(options, "the KDC for " + principal + " with the key in " + keytab);
    }

    private static String whereTheCacheIs() throws Problem {
        String cache = System.getenv("KRB5CCNAME");
        if (cache != null && cache.matches("[A-Za-z]+:.*") && !cache.regionMatches(true, 0, "FILE:", 0, 5)) {
            throw new Problem(
                    "the credential cache is " + cache + ", and the JDK reads only files: set KRB5CCNAME to one"
                            + " and run kinit, or give --keytab and --principal");
        }
        return "the credential cache" + (cache == null ? "" : " " + cache);
    }

    private static Subject login(Map<String, String> options, String where) throws Problem {
        AppConfigurationEntry entry = new AppConfigurationEntry(
                "com.sun.security.auth.module.Krb5LoginModule", LoginModuleControlFlag.REQUIRED, options);
        Configuration configuration = new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String ignored) {
                return new AppConfigurationEntry[] {entry};
            }
        };
        try {
            LoginContext context = new LoginContext("baton-connect", new Subject(), null, configuration);
            context.login();
            return context.getSubject();
        } catch (LoginException e) {
            throw new Problem("no ticket from " + where + " (" + Complaint.of(e) + ")", e);
        }
    }
}
