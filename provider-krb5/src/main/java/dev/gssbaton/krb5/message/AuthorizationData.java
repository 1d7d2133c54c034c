package dev.gssbaton.krb5.message;

import java.util.ArrayList;
import java.util.List;

/**
 * Authorization data (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.2.6">RFC 4120 section 5.2.6</a>), its
 * elements kept as they came.
 *
 * @param elements the elements in order; none where the message has no such field
 */
public record AuthorizationData(List<Element> elements) {
    /** No authorization data. */
    public static final AuthorizationData NONE = new AuthorizationData(List.of());

    /** An element that holds authorization data, which need not be understood. */
    public static final int AD_IF_RELEVANT = 1;
    /** A Windows PAC. */
    public static final int AD_WIN2K_PAC = 128;

    /** More levels of {@link #AD_IF_RELEVANT} than anybody needs. */
    private static final int MAX_DEPTH = 4;

    /**
     * Copies the list.
     *
     * @param elements the elements
     */
    public AuthorizationData {
        elements = List.copyOf(elements);
    }

    /**
     * One element.
     *
     * @param type its type, {@code ad-type}
     * @param data its octets, {@code ad-data}
     */
    public record Element(int type, Octets data) {}

    /** Wraps an element, so that whoever does not know it may ignore it. */
    static AuthorizationData ifRelevant(Element element) {
        byte[] inner = new AuthorizationData(List.of(element)).encode();
        return new AuthorizationData(List.of(new Element(AD_IF_RELEVANT, Octets.of(inner))));
    }

    /**
     * Gives these elements and then others.
     *
     * @param more the others
     * @return all of them
     */
    public AuthorizationData and(AuthorizationData more) {
        List<Element> all = new ArrayList<>(elements);
        all.addAll(more.elements);
        return new AuthorizationData(all);
    }

    /**
     * Lists all elements, those inside {@link #AD_IF_RELEVANT} in its place, however deep.
     *
     * @return elements none of which is an {@code AD-IF-RELEVANT}
     * @throws MalformedMessageException if what is inside one is malformed or too deep
     */
    public List<Element> flattened() throws MalformedMessageException {
        List<Element> flat = new ArrayList<>();
        for (Element element : elements) {
            if (element.type == AD_IF_RELEVANT) {
                byte[] inner = element.data.array();
                DerReader in = new DerReader(inner, 0, inner.length, "AD-IF-RELEVANT");
                flatten(in, 1, flat);
                in.expectEnd("AD-IF-RELEVANT");
            } else {
                flat.add(element);
            }
        }
        return flat;
    }

    /**
     * Writes the authorization data.
     *
     * @return its DER, the caller's
     */
    public byte[] encode() {
        DerWriter out = new DerWriter();
        encode(out);
        return out.finish();
    }

    /**
     * Reads authorization data that fill a part of an array: what an {@code AD-IF-RELEVANT} holds.
     *
     * @param source the array, neither kept nor changed
     * @param offset index of the first octet
     * @param length number of octets
     * @return the authorization data
     * @throws MalformedMessageException if they are malformed
     */
    public static AuthorizationData decode(byte[] source, int offset, int length) throws MalformedMessageException {
        DerReader in = new DerReader(source, offset, length, "authorization-data");
        AuthorizationData data = decode(in);
        in.expectEnd("authorization-data");
        return data;
    }

    /** Writes a field, or leaves it out if there is nothing in it. */
    void encode(DerWriter out, int tagNumber) {
        if (!elements.isEmpty()) {
            int outer = out.begin(DerReader.CONTEXT | tagNumber);
            encode(out);
            out.end(outer);
        }
    }

    /** Reads a field, if there is one. */
    static AuthorizationData decode(DerReader in, int tagNumber) throws MalformedMessageException {
        if (!in.at(DerReader.CONTEXT | tagNumber)) {
            return NONE;
        }
        int outer = in.open(DerReader.CONTEXT | tagNumber, "authorization-data");
        AuthorizationData data = decode(in);
        in.close(outer, "authorization-data");
        if (data.elements.isEmpty()) {
            throw new MalformedMessageException("authorization-data", "are empty");
        }
        return data;
    }

    private void encode(DerWriter out) {
        int list = out.begin(DerReader.SEQUENCE);
        for (Element element : elements) {
            int sequence = out.begin(DerReader.SEQUENCE);
            out.integer(0, element.type);
            out.octets(1, element.data);
            out.end(sequence);
        }
        out.end(list);
    }

    private static AuthorizationData decode(DerReader in) throws MalformedMessageException {
        List<Element> elements = new ArrayList<>();
        int list = in.open(DerReader.SEQUENCE, "authorization-data");
        while (in.more()) {
            int sequence = in.open(DerReader.SEQUENCE, "authorization-data");
            int type = in.int32(0, "ad-type");
            elements.add(new Element(type, in.octets(1, "ad-data")));
            in.close(sequence, "authorization-data");
        }
        in.close(list, "authorization-data");
        return new AuthorizationData(elements);
    }

    /** Reads the elements in place, so that a level more costs nothing. */
    private static void flatten(DerReader in, int depth, List<Element> flat) throws MalformedMessageException {
        if (depth > MAX_DEPTH) {
            throw new MalformedMessageException("AD-IF-RELEVANT", "is deeper than " + MAX_DEPTH + " levels");
        }
        int list = in.open(DerReader.SEQUENCE, "AD-IF-RELEVANT");
        while (in.more()) {
            int sequence = in.open(DerReader.SEQUENCE, "AD-IF-RELEVANT");
            int type = in.int32(0, "ad-type");
            if (type == AD_IF_RELEVANT) {
                int field = in.open(DerReader.CONTEXT | 1, "ad-data");
                int octets = in.open(DerReader.OCTET_STRING, "ad-data");
                flatten(in, depth + 1, flat);
                in.close(octets, "ad-data");
                in.close(field, "ad-data");
            } else {
                flat.add(new Element(type, in.octets(1, "ad-data")));
            }
            in.close(sequence, "AD-IF-RELEVANT");
        }
        in.close(list, "AD-IF-RELEVANT");
    }
}
