package dev.gssbaton.krb5.message;

import java.util.List;

/**
 * What an initiator says of itself in its authenticator's authorization data: {@code KERB_AP_OPTIONS} of MS-KILE, section
 * 2.2.5, four octets, the lowest first, in an {@code AD-IF-RELEVANT}, so that an acceptor may ignore it.
 */
public final class ApplicationOptions {
    private static final int AD_AP_OPTIONS = 143;

    private static final int SIZE = 4;
    /** KERB_AP_OPTIONS_CBT, 0x4000: in the second octet. */
    private static final int CBT_POS = 1;

    private static final int CBT = 0x40;

    private ApplicationOptions() {}

    /**
     * Makes the authorization data of an initiator that knows of channel bindings, whether it sends any or not.
     *
     * @return one element
     */
    public static AuthorizationData channelBindingsKnown() {
        byte[] options = new byte[SIZE];
        options[CBT_POS] = CBT;
        return AuthorizationData.ifRelevant(new AuthorizationData.Element(AD_AP_OPTIONS, Octets.of(options)));
    }

    /**
     * Tells whether an initiator says that it would bind to a channel if it knew one. What is no option says so too.
     *
     * @param data its authenticator's authorization data
     * @return true if it does
     * @throws MalformedMessageException if an {@code AD-IF-RELEVANT} is malformed
     */
    public static boolean areChannelBindingsKnown(AuthorizationData data) throws MalformedMessageException {
        List<AuthorizationData.Element> elements = data.flattened();
        return elements.stream()
                .filter(element -> element.type() == AD_AP_OPTIONS)
                .map(element -> element.data().toBytes())
                .anyMatch(options -> options.length != SIZE || (options[CBT_POS] & CBT) != 0);
    }
}
