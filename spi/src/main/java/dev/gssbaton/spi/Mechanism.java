package dev.gssbaton.spi;

import java.util.List;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/**
 * A GSS-API mechanism.
 *
 * <p>Found by {@link java.util.ServiceLoader} (a public constructor without arguments, or a static {@code provider}
 * method), or given to the manager's builder. Names and credentials are the mechanism's own, in the types of
 * {@code org.ietf.jgss}. Implementations are safe for use by several threads.
 */
public interface Mechanism {
    /**
     * Makes an object identifier for a constant.
     *
     * @param dotted numbers and dots: {@code 1.2.840.113554.1.2.2}
     * @return the object identifier
     * @throws IllegalArgumentException if it is malformed
     */
    static Oid oid(String dotted) {
        try {
            return new Oid(dotted);
        } catch (GSSException e) {
            throw new IllegalArgumentException("malformed object identifier " + dotted, e);
        }
    }

    /**
     * Gives the mechanism's object identifier.
     *
     * @return the same at each call
     */
    Oid oid();

    /**
     * Gives the mechanism's short name, for messages and logs: {@code krb5}.
     *
     * @return a word
     */
    String name();

    /**
     * Lists the types of names that {@link #name(String, Oid)} and {@link #name(byte[], Oid)} take, beside null for the
     * mechanism's own.
     *
     * @return an unmodifiable list; {@link TextName#TYPES} where a mechanism does not say otherwise
     */
    default List<Oid> nameTypes() {
        return TextName.TYPES;
    }

    /**
     * Makes a name from a text
     * (<a href="https://www.rfc-editor.org/rfc/rfc2743#section-2.4.5">GSS_Import_name</a>): a {@link TextName}, where a
     * mechanism does not make its own.
     *
     * @param name the text
     * @param nameType its type; null for the mechanism's own
     * @return a name of this mechanism
     * @throws GSSException {@code BAD_NAMETYPE} for an unknown type, {@code BAD_NAME} for a malformed name
     */
    default GSSName name(String name, Oid nameType) throws GSSException {
        return TextName.parse(oid(), name, nameType);
    }

    /**
     * Makes a name from octets, an exported name or a text in UTF-8: a {@link TextName}, where a mechanism does not make its
     * own.
     *
     * @param name the octets, neither kept nor changed
     * @param nameType their type; null for the mechanism's own
     * @return a name of this mechanism
     * @throws GSSException {@code BAD_NAMETYPE} for an unknown type, {@code BAD_NAME} for a malformed name
     */
    default GSSName name(byte[] name, Oid nameType) throws GSSException {
        return TextName.parse(oid(), name, nameType);
    }

    /**
     * Acquires a credential (<a href="https://www.rfc-editor.org/rfc/rfc2743#section-2.1.1">GSS_Acquire_cred</a>). A
     * mechanism whose credentials are all made by the application leaves this as it is: there is none.
     *
     * @param name whose; null for the default one
     * @param lifetime the lifetime asked for in seconds, {@link GSSCredential#DEFAULT_LIFETIME} or
     *     {@link GSSCredential#INDEFINITE_LIFETIME}
     * @param usage {@link GSSCredential#INITIATE_ONLY}, {@link GSSCredential#ACCEPT_ONLY} or
     *     {@link GSSCredential#INITIATE_AND_ACCEPT}
     * @return a credential, the caller's to dispose of
     * @throws GSSException {@code NO_CRED} if there is none, saying where it was looked for and what to do
     */
    default GSSCredential credential(GSSName name, int lifetime, int usage) throws GSSException {
        throw TransferFault.refusal(
                GSSException.NO_CRED,
                "the mechanism " + name() + " has no place to look for credentials: make one with its own classes");
    }

    /**
     * Makes an initiator that has sent nothing yet.
     *
     * @param request what the application asks for
     * @param environment the manager's clock, randomness and claims
     * @return a context for the caller to step and to erase
     * @throws GSSException if the request cannot be met, for instance {@code NO_CRED} or {@code BAD_NAME}
     */
    MechanismContext initiator(InitiatorRequest request, Environment environment) throws GSSException;

    /**
     * Tells whether a first token that has no {@link InitialToken} around it is this mechanism's. Some protocols leave the
     * frame out; only a mechanism that can tell its own messages from anything else answers true.
     *
     * @param token the array that holds an initiator's first token; neither kept nor changed
     * @param offset index of its first octet
     * @param length number of octets, at least 1
     * @return true if an acceptor of this mechanism is to have it
     */
    default boolean recognizesUnframed(byte[] token, int offset, int length) {
        return false;
    }

    /**
     * Tells whether every token of the exchange has an {@link InitialToken} around it, not the first alone. A carrier that
     * frames all tokens itself, as the JDK's GSS-API does, asks for it.
     *
     * @return true if the mechanism frames its answers too
     */
    default boolean framesEveryToken() {
        return false;
    }

    /**
     * Makes an acceptor that has received nothing yet.
     *
     * @param request what the application brings
     * @param environment the manager's clock, randomness and claims
     * @return a context for the caller to step and to erase
     * @throws GSSException if there is no usable credential: {@code NO_CRED}
     */
    MechanismContext acceptor(AcceptorRequest request, Environment environment) throws GSSException;
}
