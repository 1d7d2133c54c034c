package dev.gssbaton.cli.worker;

import dev.gssbaton.BatonManager;
import dev.gssbaton.BatonManagerBuilder;
import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.handoff.HandoffOptions;
import dev.gssbaton.seal.AccountKeys;
import java.nio.file.Path;
import java.time.Duration;
import org.ietf.jgss.GSSException;

/**
 * Where keys and claims are kept, and for which purpose: what the dispatcher and its workers must agree on.
 *
 * @param directory where account keys are, and claims in a directory below it; null for the account's own place
 * @param purpose the application's purpose, a part of each key's derivation
 */
public record Stores(Path directory, String purpose) {
    /** How long a process of ours may think about an offer. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Returns the account keys. */
    public AccountKeys keys() {
        return directory == null ? AccountKeys.ofUser() : AccountKeys.in(directory);
    }

    /** Returns the claims of this host. */
    public HostClaims claims() {
        return directory == null ? HostClaims.ofUser() : HostClaims.in(directory.resolve("claims"));
    }

    /**
     * Makes what is not there yet and looks at the rest, so that what would fail with the first client fails now.
     *
     * @throws GSSException if keys or claims cannot be used, saying what to do
     */
    public void prepare() throws GSSException {
        try (AccountKeys keys = keys()) {
            keys.exportKey(purpose);
        }
        claims().id();
    }

    /** Begins a manager that uses them. */
    public BatonManagerBuilder manager() {
        return BatonManager.builder().keys(keys()).claims(claims()).purpose(purpose);
    }

    /** Returns how contexts are handed over with them, to processes of this account. */
    public HandoffOptions handoff() {
        return HandoffOptions.of(manager().build()).withLimit(PATIENCE);
    }

    /** Reads what {@link #argument} writes. */
    public static Stores of(String argument, String purpose) {
        return new Stores(argument.isEmpty() ? null : Path.of(argument), purpose);
    }

    /** Returns the directory as an argument for another JVM, which does not know this one's properties. */
    public String argument() {
        return directory == null ? System.getProperty("baton.home", "") : directory.toString();
    }
}
