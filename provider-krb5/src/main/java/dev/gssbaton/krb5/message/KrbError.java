package dev.gssbaton.krb5.message;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.OptionalInt;

/**
 * A KRB-ERROR (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.9.1">RFC 4120 section 5.9.1</a>). Nothing in it is
 * authentic: it ends one attempt, and no clock is set by it.
 *
 * @param ctime the client's time; null if absent
 * @param cusec its microseconds; empty if absent
 * @param stime the sender's time
 * @param susec its microseconds
 * @param errorCode the number of the error; see {@link ErrorCode}
 * @param crealm the client's realm; null if absent
 * @param cname the client's name; null if absent
 * @param service the service's name and realm
 * @param eText a text, as it came; null if absent
 * @param eData data; null if absent
 */
public record KrbError(
        Instant ctime,
        OptionalInt cusec,
        Instant stime,
        int susec,
        int errorCode,
        String crealm,
        PrincipalName cname,
        Principal service,
        Octets eText,
        Octets eData) {
    private static final int MSG_TYPE = 30;
    private static final int TAG = DerReader.APPLICATION | MSG_TYPE;

    /**
     * Says what the error is, for messages and logs. Its text comes from anybody, so it is cut short, and what is not
     * printable ASCII becomes {@code ?}.
     *
     * @return the error's name and the text
     */
    public String describe() {
        String name = ErrorCode.describe(errorCode);
        if (eText == null || eText.length() == 0) {
            return name;
        }
        return name + ": \"" + Printable.of(new String(eText.array(), StandardCharsets.UTF_8)) + '"';
    }

    /**
     * Writes the error.
     *
     * @return its DER, the caller's
     */
    public byte[] encode() {
        DerWriter out = new DerWriter();
        int message = out.begin(TAG);
        int sequence = out.begin(DerReader.SEQUENCE);
        out.integer(0, 5);
        out.integer(1, MSG_TYPE);
        if (ctime != null) {
            out.time(2, ctime);
        }
        if (cusec.isPresent()) {
            out.integer(3, cusec.getAsInt());
        }
        out.time(4, stime);
        out.integer(5, susec);
        out.integer(6, errorCode);
        if (crealm != null) {
            out.string(7, crealm);
        }
        if (cname != null) {
            cname.encode(out, 8);
        }
        out.string(9, service.realm());
        service.name().encode(out, 10);
        if (eText != null) {
            out.rawString(11, eText);
        }
        if (eData != null) {
            out.octets(12, eData);
        }
        out.end(sequence);
        out.end(message);
        return out.finish();
    }

    /**
     * Reads an error that fills a part of an array.
     *
     * @param source the array, neither kept nor changed
     * @param offset index of the first octet
     * @param length number of octets
     * @return the error
     * @throws MalformedMessageException if it is malformed, of another version, or another message
     */
    public static KrbError decode(byte[] source, int offset, int length) throws MalformedMessageException {
        DerReader in = new DerReader(source, offset, length, "KRB-ERROR");
        int message = in.open(TAG, "KRB-ERROR");
        int sequence = in.open(DerReader.SEQUENCE, "KRB-ERROR");
        in.version(0, "pvno");
        in.messageType(1, MSG_TYPE);
        Instant ctime = in.at(DerReader.CONTEXT | 2) ? in.time(2, "ctime") : null;
        OptionalInt cusec =
                in.at(DerReader.CONTEXT | 3) ? OptionalInt.of(in.microseconds(3, "cusec")) : OptionalInt.empty();
        Instant stime = in.time(4, "stime");
        int susec = in.microseconds(5, "susec");
        int errorCode = in.int32(6, "error-code");
        String crealm = in.at(DerReader.CONTEXT | 7) ? in.string(7, "crealm") : null;
        PrincipalName cname = in.at(DerReader.CONTEXT | 8) ? PrincipalName.decode(in, 8, "cname") : null;
        String realm = in.string(9, "realm");
        PrincipalName sname = PrincipalName.decode(in, 10, "sname");
        Octets eText = in.at(DerReader.CONTEXT | 11) ? in.rawString(11, "e-text") : null;
        Octets eData = in.at(DerReader.CONTEXT | 12) ? in.octets(12, "e-data") : null;
        in.close(sequence, "KRB-ERROR");
        in.close(message, "KRB-ERROR");
        in.expectEnd("KRB-ERROR");
        return new KrbError(
                ctime, cusec, stime, susec, errorCode, crealm, cname, new Principal(sname, realm), eText, eData);
    }
}
