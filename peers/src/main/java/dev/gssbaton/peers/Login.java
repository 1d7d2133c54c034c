package dev.gssbaton.peers;

import java.nio.file.Path;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;

/**
 * Logs in with JAAS and the JDK's Kerberos module, without a login.conf.
 *
 * <pre>{@code
 * Account alice = EmbeddedKdc.shared().account("alice");
 * Subject subject = Login.initiator(alice);
 * byte[] token = Login.as(subject, () -> context.initSecContext(new byte[0], 0, 0));
 * }</pre>
 */
public final class Login {
    private static final String MODULE = "com.sun.security.auth.module.Krb5LoginModule";

    private Login() {}

    /** Returns a new Subject with a ticket-granting ticket of the account, got with its keytab. */
    public static Subject initiator(Account account) {
        return initiator(account.principal(), account.keytab());
    }

    /** Returns a new Subject with a ticket-granting ticket of the principal, got with a keytab. */
    public static Subject initiator(String principal, Path keytab) {
        return login(principal, Map.of("useKeyTab", "true", "keyTab", keytab.toString()), refuse(principal));
    }

    /** Returns a new Subject with a ticket-granting ticket of {@code name} in the KDC's realm, got with a password. */
    public static Subject initiator(Kdc kdc, String name, String password) {
        String principal = name + "@" + kdc.realm();
        return login(principal, Map.of(), callbacks -> {
            for (Callback callback : callbacks) {
                if (callback instanceof PasswordCallback wanted) {
                    wanted.setPassword(password.toCharArray());
                }
            }
        });
    }

    /** Returns a new Subject with the account's keytab and principal, which can accept; no KDC is asked. */
    public static Subject acceptor(Account account) {
        return acceptor(account.principal(), account.keytab());
    }

    /** Returns a new Subject with this keytab and principal, which can accept; no KDC is asked. */
    public static Subject acceptor(String principal, Path keytab) {
        return login(
                principal,
                Map.of("useKeyTab", "true", "keyTab", keytab.toString(), "storeKey", "true", "isInitiator", "false"),
                refuse(principal));
    }

    /** Returns a new Subject with a ticket-granting ticket, a keytab and the principal: it can initiate and accept. */
    public static Subject both(Account account) {
        return login(
                account.principal(),
                Map.of("useKeyTab", "true", "keyTab", account.keytab().toString(), "storeKey", "true"),
                refuse(account.principal()));
    }

    /**
     * Calls the action with the Subject as the current one and returns its result.
     *
     * @throws Exception what the action throws
     */
    public static <T> T as(Subject subject, Callable<T> action) throws Exception {
        try {
            return Subject.doAs(subject, (PrivilegedExceptionAction<T>) action::call);
        } catch (PrivilegedActionException e) {
            throw e.getException();
        }
    }

    /** Makes the JDK read the JVM's krb5.conf again. */
    static void refreshConfiguration() {
        // Accepting needs neither a KDC nor an existing keytab, so this login does nothing but the refresh.
        login(
                "refresh@BATON.TEST",
                Map.of("useKeyTab", "true", "keyTab", "/dev/null", "isInitiator", "false", "storeKey", "true"),
                refuse("refresh"));
    }

    private static CallbackHandler refuse(String principal) {
        return callbacks -> {
            throw new IllegalStateException("The keytab has no key for " + principal + ": a password was asked for");
        };
    }

    private static Subject login(String principal, Map<String, String> options, CallbackHandler callbacks) {
        Map<String, String> all = new HashMap<>(options);
        all.put("principal", principal);
        all.put("refreshKrb5Config", "true");
        AppConfigurationEntry entry = new AppConfigurationEntry(MODULE, LoginModuleControlFlag.REQUIRED, all);
        Configuration configuration = new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return new AppConfigurationEntry[] {entry};
            }
        };
        try {
            LoginContext context = new LoginContext("baton-peers", new Subject(), callbacks, configuration);
            context.login();
            return context.getSubject();
        } catch (LoginException e) {
            throw new IllegalStateException("Login of " + principal + " failed: " + e.getMessage(), e);
        }
    }
}
