package dev.gssbaton.jgss;

import com.sun.security.jgss.AuthorizationDataEntry;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import org.ietf.jgss.GSSException;
import sun.security.krb5.internal.AuthorizationData;

/** Authorization data in the type that the JDK's front end reads them from. It is loaded only where that is exported to us. */
final class PlatformAuthorizationData {
    private PlatformAuthorizationData() {}

    /** Gives the same elements as the JDK's type, which it turns back for the application. */
    static Object of(AuthorizationDataEntry[] elements) throws GSSException {
        sun.security.krb5.internal.AuthorizationDataEntry[] converted =
                new sun.security.krb5.internal.AuthorizationDataEntry[elements.length];
        for (int i = 0; i < elements.length; i++) {
            converted[i] =
                    new sun.security.krb5.internal.AuthorizationDataEntry(elements[i].getType(), elements[i].getData());
        }
        try {
            return new AuthorizationData(converted);
        } catch (IOException e) {
            throw TransferFault.refusal(GSSException.FAILURE, "the JDK refuses authorization data: " + e.getMessage());
        }
    }
}
