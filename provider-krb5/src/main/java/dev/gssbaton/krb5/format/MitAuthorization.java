package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.Agreement;
import dev.gssbaton.krb5.TicketFacts;
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.AuthorizationData.Element;
import dev.gssbaton.krb5.message.MalformedMessageException;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ietf.jgss.GSSException;

/**
 * The authorization data in MIT krb5's interprocess token, and what its library made of them. Here they are as a context keeps
 * them: the ticket's and the authenticator's apart, in DER.
 *
 * <pre>{@code
 * octets  field                 meaning
 * 4       number of elements    an acceptor's authorization data, the ticket's before the authenticator's
 *         authdata              so many
 *         authorization context if present; an acceptor's
 *
 * 4       970ea73c
 * 4       2
 * 4 + 5   mspac
 * 4 + n   PAC                   empty without one
 * 4       verified              1 if it was
 * 4 + 25  authentication-indicators
 * 4       number of texts       0; others are read and left out
 * 4 + n   so many
 * 4       970ea73c
 * }</pre>
 */
record MitAuthorization(Octets ticketData, Octets authenticatorData, boolean pacVerified) {
    private static final byte[] MSPAC = "mspac".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] INDICATORS = "authentication-indicators".getBytes(StandardCharsets.US_ASCII);
    private static final Octets NONE = Octets.of(new byte[0]);

    static void encode(Agreement agreement, List<Element> authenticatorData, StateWriter out) {
        TicketFacts ticket = agreement.ticket();
        List<Element> data = new ArrayList<>(ForeignFields.elements(ticket.authorizationData()));
        byte[] pac = pac(data);
        data.addAll(authenticatorData);
        MitAuthContext.encode(data, out);
        if (!agreement.initiator()) {
            encodeContext(pac, ticket.pacVerified(), out);
        }
    }

    static MitAuthorization decode(boolean initiator, List<Element> authenticatorData, StateReader in)
            throws GSSException {
        List<Element> data = MitAuthContext.elements(in, "authorization data");
        if (initiator) {
            // What an initiator asserted, the acceptor keeps.
            if (!data.isEmpty() || MitMagic.AUTHDATA_CONTEXT.isNext(in)) {
                throw StateReader.malformed("authorization data", "are an acceptor's, and this is an initiator");
            }
            return new MitAuthorization(NONE, NONE, false);
        }
        int own = data.size() - authenticatorData.size();
        if (own < 0 || !data.subList(own, data.size()).equals(authenticatorData)) {
            throw StateReader.malformed("authorization data", "do not end with the authenticator's");
        }
        List<Element> ticketData = data.subList(0, own);
        boolean verified = MitMagic.AUTHDATA_CONTEXT.isNext(in) && isVerified(pac(ticketData), in);
        return new MitAuthorization(encoded(ticketData), encoded(authenticatorData), verified);
    }

    private static Octets encoded(List<Element> elements) {
        return elements.isEmpty() ? NONE : Octets.of(new AuthorizationData(elements).encode());
    }

    /** Finds the PAC, if there is one that can be found. */
    private static byte[] pac(List<Element> ticketData) {
        try {
            for (Element element : new AuthorizationData(ticketData).flattened()) {
                if (element.type() == AuthorizationData.AD_WIN2K_PAC) {
                    return element.data().toBytes();
                }
            }
        } catch (MalformedMessageException e) {
            return new byte[0]; // nobody finds it there
        }
        return new byte[0];
    }

    private static void encodeContext(byte[] pac, boolean verified, StateWriter out) {
        MitMagic.AUTHDATA_CONTEXT.encode(out);
        out.int32(2);
        out.large(MSPAC);
        out.large(pac);
        out.int32(verified ? 1 : 0);
        out.large(INDICATORS);
        out.int32(0);
        MitMagic.AUTHDATA_CONTEXT.encode(out);
    }

    private static boolean isVerified(byte[] pac, StateReader in) throws GSSException {
        boolean verified = false;
        boolean hasPac = false;
        boolean hasIndicators = false;
        MitMagic.AUTHDATA_CONTEXT.decode(in, "authorization context");
        for (int left = in.int32("authorization context"); left != 0; left--) {
            byte[] module = MitMagic.counted(in, "authorization context's module");
            if (!hasPac && Arrays.equals(module, MSPAC)) {
                hasPac = true;
                if (!Arrays.equals(MitMagic.counted(in, "PAC"), pac)) {
                    throw StateReader.malformed("PAC", "is not the one in the ticket's authorization data");
                }
                verified = ForeignFields.flag(in, "PAC's verification");
            } else if (!hasIndicators && Arrays.equals(module, INDICATORS)) {
                hasIndicators = true;
                for (int texts = in.int32("authentication indicators"); texts != 0; texts--) {
                    MitMagic.counted(in, "authentication indicators");
                }
            } else {
                throw StateReader.malformed(
                        "authorization context", "has a module twice, or one that is not known here");
            }
        }
        MitMagic.AUTHDATA_CONTEXT.decode(in, "authorization context");
        if (verified && pac.length == 0) {
            throw StateReader.malformed("PAC", "is verified, and there is none");
        }
        return verified;
    }
}
