package dev.gssbaton.cli;

import java.util.Map;
import org.ietf.jgss.GSSException;

/** The names that RFC 2743 section 1.2.1.1 gives to major status codes. */
public final class MajorStatus {
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(GSSException.BAD_BINDINGS, "BAD_BINDINGS"),
            Map.entry(GSSException.BAD_MECH, "BAD_MECH"),
            Map.entry(GSSException.BAD_NAME, "BAD_NAME"),
            Map.entry(GSSException.BAD_NAMETYPE, "BAD_NAMETYPE"),
            Map.entry(GSSException.BAD_STATUS, "BAD_STATUS"),
            Map.entry(GSSException.BAD_MIC, "BAD_MIC"),
            Map.entry(GSSException.CONTEXT_EXPIRED, "CONTEXT_EXPIRED"),
            Map.entry(GSSException.CREDENTIALS_EXPIRED, "CREDENTIALS_EXPIRED"),
            Map.entry(GSSException.DEFECTIVE_CREDENTIAL, "DEFECTIVE_CREDENTIAL"),
            Map.entry(GSSException.DEFECTIVE_TOKEN, "DEFECTIVE_TOKEN"),
            Map.entry(GSSException.FAILURE, "FAILURE"),
            Map.entry(GSSException.NO_CONTEXT, "NO_CONTEXT"),
            Map.entry(GSSException.NO_CRED, "NO_CRED"),
            Map.entry(GSSException.BAD_QOP, "BAD_QOP"),
            Map.entry(GSSException.UNAUTHORIZED, "UNAUTHORIZED"),
            Map.entry(GSSException.UNAVAILABLE, "UNAVAILABLE"),
            Map.entry(GSSException.DUPLICATE_ELEMENT, "DUPLICATE_ELEMENT"),
            Map.entry(GSSException.NAME_NOT_MN, "NAME_NOT_MN"),
            Map.entry(GSSException.DUPLICATE_TOKEN, "DUPLICATE_TOKEN"),
            Map.entry(GSSException.OLD_TOKEN, "OLD_TOKEN"),
            Map.entry(GSSException.UNSEQ_TOKEN, "UNSEQ_TOKEN"),
            Map.entry(GSSException.GAP_TOKEN, "GAP_TOKEN"));

    private MajorStatus() {}

    /** Returns the name of a major code of {@link GSSException}. */
    public static String name(int major) {
        return NAMES.getOrDefault(major, "status " + major);
    }
}
