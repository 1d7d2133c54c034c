package dev.gssbaton.cli.demo;

import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.process.ChildJvm;
import java.nio.file.Path;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;

/**
 * The demo's client process: many users, each with a Subject of its own, and the JDK's own Kerberos. It ends when they are
 * through, or with its parent.
 */
public final class DemoClients {
    private DemoClients() {}

    /** Runs the clients: the dispatcher's port, a keytab with their keys, their number. */
    public static void main(String[] arguments) throws InterruptedException {
        ChildJvm.endWithParent(() -> {});
        int port = Integer.parseInt(arguments[0]);
        Path keytab = Path.of(arguments[1]);
        int count = Integer.parseInt(arguments[2]);
        List<Thread> threads = new ArrayList<>();
        for (int number = 1; number <= count; number++) {
            threads.add(start(Script.client(number), keytab, port));
        }
        threads.add(start(Script.LATE, keytab, port));
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static Thread start(String name, Path keytab, int port) {
        Thread thread = new Thread(() -> run(name, keytab, port), name);
        thread.start();
        return thread;
    }

    private static void run(String name, Path keytab, int port) {
        try {
            Subject subject = login(Script.principal(name), keytab);
            PrivilegedExceptionAction<Report> conversation = () -> new DemoClient(name, port).run();
            Subject.doAs(subject, conversation).tell();
        } catch (PrivilegedActionException e) {
            Report.of(Report.Kind.FAILED, name, Complaint.of(e.getException())).tell();
        } catch (LoginException e) {
            Report.of(Report.Kind.FAILED, name, Complaint.of(e)).tell();
        }
    }

    private static Subject login(String principal, Path keytab) throws LoginException {
        Map<String, String> options = Map.of("principal", principal, "useKeyTab", "true", "keyTab", keytab.toString());
        AppConfigurationEntry entry = new AppConfigurationEntry(
                "com.sun.security.auth.module.Krb5LoginModule", LoginModuleControlFlag.REQUIRED, options);
        Configuration configuration = new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String ignored) {
                return new AppConfigurationEntry[] {entry};
            }
        };
        LoginContext context = new LoginContext("baton-demo", new Subject(), null, configuration);
        context.login();
        return context.getSubject();
    }
}
