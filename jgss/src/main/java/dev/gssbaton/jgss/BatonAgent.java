package dev.gssbaton.jgss;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;
import org.ietf.jgss.GSSManager;

/**
 * A Java agent that stands in for all {@code --add-exports} of the command line: {@code -javaagent:baton-jgss.jar}, or
 * {@code Launcher-Agent-Class: dev.gssbaton.jgss.BatonAgent} in the manifest of a program's main jar.
 */
@SuppressWarnings("exports") // the module of agents is there when there is one
public final class BatonAgent {
    private BatonAgent() {}

    /**
     * Exports to Baton what it needs of the JDK, before the program starts.
     *
     * @param arguments ignored
     * @param jvm the JVM
     */
    public static void premain(String arguments, Instrumentation jvm) {
        Set<Module> us = Set.of(BatonAgent.class.getModule());
        jvm.redefineModule(
                GSSManager.class.getModule(),
                Set.of(),
                Map.of("sun.security.jgss.spi", us, "sun.security.krb5", us, "sun.security.krb5.internal", us),
                Map.of(),
                Set.of(),
                Map.of());
    }

    /**
     * Does what {@link #premain} does, for a manifest's {@code Launcher-Agent-Class}.
     *
     * @param arguments ignored
     * @param jvm the JVM
     */
    public static void agentmain(String arguments, Instrumentation jvm) {
        premain(arguments, jvm);
    }
}
