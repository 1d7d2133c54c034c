package dev.gssbaton.jgss;

import dev.gssbaton.peers.Account;
import java.util.HashMap;
import java.util.Map;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;

/** What would stand in a login.conf: for a program's client and its server an account each. */
final class JaasEntries implements AutoCloseable {
    private final Configuration before = current();

    JaasEntries(String clientName, Account client, String serverName, Account server) {
        this(Map.of(clientName, entry(client, Map.of()), serverName, entry(server, Map.of("isInitiator", "false"))));
    }

    /** The entry by which JGSS logs in to accept, where a program leaves that to it. */
    static JaasEntries toAccept(Account server, boolean isInitiator) {
        return new JaasEntries(Map.of(
                "com.sun.security.jgss.krb5.accept",
                entry(server, Map.of("isInitiator", Boolean.toString(isInitiator)))));
    }

    private JaasEntries(Map<String, AppConfigurationEntry[]> entries) {
        Configuration.setConfiguration(new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return entries.get(name);
            }
        });
    }

    private static AppConfigurationEntry[] entry(Account account, Map<String, String> more) {
        Map<String, String> options = new HashMap<>(more);
        options.put("principal", account.principal());
        options.put("useKeyTab", "true");
        options.put("keyTab", account.keytab().toString());
        options.put("storeKey", "true");
        options.put("doNotPrompt", "true");
        return new AppConfigurationEntry[] {
            new AppConfigurationEntry(
                    "com.sun.security.auth.module.Krb5LoginModule", LoginModuleControlFlag.REQUIRED, options)
        };
    }

    private static Configuration current() {
        try {
            return Configuration.getConfiguration();
        } catch (SecurityException e) {
            return null;
        }
    }

    @Override
    public void close() {
        Configuration.setConfiguration(before);
    }
}
