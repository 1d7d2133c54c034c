package dev.gssbaton.krb5.message;

import dev.gssbaton.spi.InitialToken;
import dev.gssbaton.spi.Mechanism;
import java.util.Arrays;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/**
 * A context token of the krb5 mechanism
 * (<a href="https://www.rfc-editor.org/rfc/rfc4121#section-4.1">RFC 4121 section 4.1</a>), the first as well as its
 * answers:
 *
 * <pre>{@code
 * 60 | length, DER | 06 09 2A 86 48 86 F7 12 01 02 02 | TOK_ID, 2 octets | Kerberos message
 * }</pre>
 *
 * @param tokenId what the message is said to be
 * @param offset index of the message's first octet in the array that was decoded
 * @param length number of octets of the message
 */
public record GssFraming(TokenId tokenId, int offset, int length) {
    /** The mechanism's object identifier. */
    public static final Oid KRB5 = Mechanism.oid("1.2.840.113554.1.2.2");

    private static final int TOK_ID_SIZE = 2;

    /**
     * Frames a message.
     *
     * @param tokenId what the message is
     * @param message the message; the caller keeps the array
     * @return the token, the caller's
     */
    public static byte[] encode(TokenId tokenId, byte[] message) {
        byte[] inner = new byte[TOK_ID_SIZE + message.length];
        inner[0] = (byte) (tokenId.number() >>> 8);
        inner[1] = (byte) tokenId.number();
        System.arraycopy(message, 0, inner, TOK_ID_SIZE, message.length);
        return InitialToken.frame(KRB5, inner);
    }

    /**
     * Finds the message in a token that fills a part of an array.
     *
     * @param token the array, neither kept nor changed
     * @param offset index of the first octet
     * @param length number of octets
     * @return where the message is
     * @throws GSSException {@code DEFECTIVE_TOKEN} if the frame is malformed or another mechanism's; a
     *     {@link MalformedMessageException} of {@link ErrorCode#KRB_AP_ERR_MSG_TYPE} if it is ours and holds something else
     */
    public static GssFraming decode(byte[] token, int offset, int length) throws GSSException {
        InitialToken frame = InitialToken.parse(token, offset, length);
        if (!frame.mechanism().equals(KRB5)) {
            throw new KerberosException(
                    ErrorCode.KRB_ERR_GENERIC,
                    GSSException.DEFECTIVE_TOKEN,
                    "the token is of mechanism " + frame.mechanism() + ", not krb5");
        }
        int at = frame.innerOffset();
        if (frame.innerLength() < TOK_ID_SIZE) {
            throw new MalformedMessageException("TOK_ID", "is missing");
        }
        int number = ((token[at] & 0xFF) << 8) | (token[at + 1] & 0xFF);
        TokenId tokenId = Arrays.stream(TokenId.values())
                .filter(id -> id.number() == number)
                .findFirst()
                .orElseThrow(() -> new MalformedMessageException(
                        ErrorCode.KRB_AP_ERR_MSG_TYPE, "the token's TOK_ID is not AP-REQ, AP-REP or KRB-ERROR"));
        return new GssFraming(tokenId, at + TOK_ID_SIZE, frame.innerLength() - TOK_ID_SIZE);
    }
}
