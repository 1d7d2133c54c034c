package dev.gssbaton.cli;

import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
final class JarVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Baton.class.getPackage().getImplementationVersion();
        return new String[] {
            "baton " + (version == null ? "(not from a jar: no version)" : version),
            "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name")
        };
    }
}
