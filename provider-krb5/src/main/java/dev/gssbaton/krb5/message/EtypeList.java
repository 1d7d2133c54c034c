package dev.gssbaton.krb5.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The encryption types that an initiator offers in its authenticator
 * (<a href="https://www.rfc-editor.org/rfc/rfc4537#section-3">RFC 4537 section 3</a>), the best first: an element
 * {@code AD-ETYPE-NEGOTIATION} inside an {@code AD-IF-RELEVANT}, so that an acceptor may ignore it.
 *
 * @param etypes the numbers of the encryption types
 */
public record EtypeList(List<Integer> etypes) {
    private static final int AD_ETYPE_NEGOTIATION = 129;

    /** Several times as many as are registered. */
    private static final int MAX_ETYPES = 64;

    private static final String FIELD = "EtypeList";

    /**
     * Copies the list.
     *
     * @param etypes the numbers
     */
    public EtypeList {
        etypes = List.copyOf(etypes);
    }

    /**
     * Makes the authorization data of an authenticator.
     *
     * @return one element, which holds this list
     */
    public AuthorizationData toAuthorizationData() {
        DerWriter out = new DerWriter();
        int list = out.begin(DerReader.SEQUENCE);
        etypes.forEach(out::integer);
        out.end(list);
        return AuthorizationData.ifRelevant(
                new AuthorizationData.Element(AD_ETYPE_NEGOTIATION, Octets.of(out.finish())));
    }

    /**
     * Finds the list in an authenticator's authorization data.
     *
     * @param data the authorization data
     * @return the first list; empty if there is none
     * @throws MalformedMessageException if the list, or an {@code AD-IF-RELEVANT}, is malformed
     */
    public static Optional<EtypeList> find(AuthorizationData data) throws MalformedMessageException {
        for (AuthorizationData.Element element : data.flattened()) {
            if (element.type() == AD_ETYPE_NEGOTIATION) {
                return Optional.of(decode(element.data().array()));
            }
        }
        return Optional.empty();
    }

    private static EtypeList decode(byte[] octets) throws MalformedMessageException {
        DerReader in = new DerReader(octets, 0, octets.length, FIELD);
        int list = in.open(DerReader.SEQUENCE, FIELD);
        List<Integer> etypes = new ArrayList<>();
        while (in.more()) {
            if (etypes.size() == MAX_ETYPES) {
                throw new MalformedMessageException(FIELD, "has more than " + MAX_ETYPES);
            }
            etypes.add(in.int32(FIELD));
        }
        in.close(list, FIELD);
        in.expectEnd(FIELD);
        return new EtypeList(etypes);
    }
}
