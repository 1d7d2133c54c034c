package dev.gssbaton.mock.listing;

import dev.gssbaton.BatonManager;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Mechanism;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.ietf.jgss.GSSCredential;

/**
 * Prints what is found by the services of the JVM that it runs in, and whether it stands in modules. Its package is none
 * of a module's, so that it runs beside them on the class path.
 */
public final class ListProviders {
    private ListProviders() {}

    public static void main(String[] arguments) {
        List<String> lines = new ArrayList<>();
        Set<Module> modules = new HashSet<>();
        for (Mechanism mechanism : ServiceLoader.load(Mechanism.class)) {
            modules.add(mechanism.getClass().getModule());
            lines.add(
                    "mechanism " + mechanism.oid() + " " + mechanism.getClass().getName());
        }
        for (ContextExporter exporter : ServiceLoader.load(ContextExporter.class)) {
            lines.add("exporter " + exporter.mechanism() + "/" + exporter.format() + " "
                    + exporter.getClass().getName());
        }
        BatonManager manager =
                BatonManager.builder().claims(ProcessClaims.ofProcess()).build();
        lines.add("manager " + Arrays.toString(manager.getMechs()));
        lines.add("transferable " + manager.createContext((GSSCredential) null).isTransferable());
        lines.stream().sorted().forEach(System.out::println);
        System.out.println("modules " + BatonManager.class.getModule() + " " + modules);
    }
}
