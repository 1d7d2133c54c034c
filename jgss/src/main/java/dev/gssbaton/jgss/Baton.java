package dev.gssbaton.jgss;

import dev.gssbaton.BatonContext;
import dev.gssbaton.spi.TransferFault;
import java.util.Objects;
import java.util.Optional;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;

/**
 * What an application asks of a JVM in which Baton is registered.
 *
 * <pre>{@code
 * GSSContext context = GSSManager.getInstance().createContext(credential); // and established, by code that knows JGSS alone
 * byte[] token = Baton.contextOf(context).export();
 * }</pre>
 */
public final class Baton {
    private Baton() {}

    /**
     * Gives the context behind a {@link GSSContext} that the JDK's manager made: to export it, to hand it over, or to use it.
     * Both are one context, so that once it is exported the {@code GSSContext} is dead too. For a context that SPNEGO
     * negotiated it is the one of the negotiated mechanism.
     *
     * @param context a started context
     * @return the context behind it; the argument itself, if it is one of Baton's
     * @throws GSSException {@code UNAVAILABLE} if another provider's mechanism stands behind it, or nothing yet, or nothing any
     *     more; saying what to do
     */
    public static BatonContext contextOf(GSSContext context) throws GSSException {
        if (Objects.requireNonNull(context, "context") instanceof BatonContext own) {
            return own;
        }
        // Our own classes for the front end cannot be loaded without the export.
        Optional<BatonContext> behind = GssMechanisms.isExported(GssMechanisms.PACKAGE)
                ? Revealed.context(context).flatMap(AdaptedContext::context)
                : Optional.empty();
        return behind.orElseThrow(() -> TransferFault.refusal(
                GSSException.UNAVAILABLE,
                "another provider's mechanism is behind this context, or none yet. Is Baton registered in front of"
                        + " SunJGSS, with --add-exports " + GssMechanisms.EXPORT + "?"));
    }
}
