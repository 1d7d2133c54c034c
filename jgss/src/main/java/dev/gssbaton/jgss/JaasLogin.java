package dev.gssbaton.jgss;

import dev.gssbaton.spi.TransferFault;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.ietf.jgss.GSSException;

/**
 * The login that JGSS does itself for programs that have set {@code javax.security.auth.useSubjectCredsOnly=false}, by the
 * entries that the JDK documents: {@code com.sun.security.jgss.krb5.accept}, then {@code com.sun.security.jgss.accept}, then
 * without an entry; and the same with {@code initiate}.
 */
final class JaasLogin {
    private static final String PREFIX = "com.sun.security.jgss.";
    private static final String KERBEROS = "com.sun.security.auth.module.Krb5LoginModule";

    /** What the JDK does where nothing is configured. */
    private static final Map<Role, Map<String, String>> DEFAULTS = Map.of(
            Role.INITIATE, Map.of("useTicketCache", "true", "doNotPrompt", "true"),
            Role.ACCEPT,
                    Map.of(
                            "useKeyTab",
                            "true",
                            "storeKey",
                            "true",
                            "doNotPrompt",
                            "true",
                            "isInitiator",
                            "false",
                            "principal",
                            "*"));

    private JaasLogin() {}

    /** Tells whether the Subject's credentials are all there is, as the JDK has it by default. */
    static boolean isSubjectAlone() {
        return !"false".equalsIgnoreCase(System.getProperty("javax.security.auth.useSubjectCredsOnly"));
    }

    /**
     * Logs in.
     *
     * @param mechanism the mechanism's short name
     * @throws GSSException {@code NO_CRED} if that fails
     */
    static Subject login(String mechanism, Role role) throws GSSException {
        try {
            LoginContext context = new LoginContext("baton", new Subject(), null, configuration(mechanism, role));
            context.login();
            return context.getSubject();
        } catch (LoginException | SecurityException e) {
            GSSException failure =
                    TransferFault.refusal(GSSException.NO_CRED, "the login for JGSS failed: " + e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }

    private static Configuration configuration(String mechanism, Role role) {
        String use = role == Role.INITIATE ? "initiate" : "accept";
        AppConfigurationEntry[] entries = find(PREFIX + mechanism + "." + use, PREFIX + use);
        AppConfigurationEntry[] found = entries != null
                ? entries
                : new AppConfigurationEntry[] {
                    new AppConfigurationEntry(KERBEROS, LoginModuleControlFlag.REQUIRED, DEFAULTS.get(role))
                };
        return new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return found;
            }
        };
    }

    private static AppConfigurationEntry[] find(String... names) {
        Configuration configured;
        try {
            configured = Configuration.getConfiguration();
        } catch (SecurityException e) {
            return null; // there is no login.conf
        }
        for (String name : names) {
            AppConfigurationEntry[] entries = configured.getAppConfigurationEntry(name);
            if (entries != null) {
                return entries;
            }
        }
        return null;
    }
}
