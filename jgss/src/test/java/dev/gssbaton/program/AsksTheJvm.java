package dev.gssbaton.program;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Arrays;
import java.util.Comparator;
import javax.crypto.Cipher;
import javax.net.ssl.SSLContext;
import org.ietf.jgss.GSSManager;

/**
 * The program of a forked JVM that knows {@link Security} alone, and prints what it finds there. It has a package of its
 * own, because that of the provider belongs to its module.
 */
public final class AsksTheJvm {
    private AsksTheJvm() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        // What every program needs of its JVM, and must still have.
        out.println("digest " + MessageDigest.getInstance("SHA-256").getDigestLength());
        out.println("cipher " + Cipher.getInstance("AES/GCM/NoPadding").getBlockSize());
        out.println("random " + (new SecureRandom().generateSeed(1).length + SecureRandom.getSeed(1).length));
        out.println("tls " + SSLContext.getDefault().getProtocol());
        out.println("store " + KeyStore.getInstance(KeyStore.getDefaultType()).getType());
        out.println("mechanisms " + GSSManager.getInstance().getMechs().length);
        for (String type : new String[] {"Cipher", "ContextExporter"}) {
            Security.getAlgorithms(type);
        }

        Provider provider = Security.getProvider("Baton");
        out.println("provider " + (provider == null ? null : provider.getClass().getName()));
        if (provider != null) {
            out.println("named module " + provider.getClass().getModule().isNamed());
            Provider.Service[] services = provider.getServices().toArray(Provider.Service[]::new);
            Arrays.sort(services, Comparator.comparing(Provider.Service::getAlgorithm));
            for (Provider.Service service : services) {
                out.println("service " + service.getType() + " " + service.getAlgorithm() + " "
                        + service.newInstance(null).getClass().getName());
            }
            for (String alias : args) {
                Provider.Service service = provider.getService("ContextExporter", alias);
                out.println("alias " + alias + " " + (service == null ? null : service.getAlgorithm()));
            }
        }
        out.println("end");
    }
}
