package dev.gssbaton.jgss;

import dev.gssbaton.BatonContext;
import dev.gssbaton.spi.PrfKey;
import dev.gssbaton.spi.TransferFault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/**
 * The security layer of a SASL connection that has moved here
 * (<a href="https://www.rfc-editor.org/rfc/rfc4752#section-3.3">RFC 4752 section 3.3</a>), and the note that moves beside its
 * context.
 *
 * <pre>{@code
 * 42 53 4E 31 | 1 for the initiator | for each property and the authorization identity: 0, or 1 and a text | HMAC-SHA256 32
 * }</pre>
 *
 * <p>The HMAC's key is the context's pseudo-random function of a text: so a note is taken with the one context that it was
 * written for, and by nobody who has not that context or its peer.
 */
final class SaslLayer implements SaslServer {
    private static final int MAGIC = 0x42534E31;
    private static final byte[] LABEL = "baton sasl note 1".getBytes(StandardCharsets.US_ASCII);
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAC_SIZE = 32;
    private static final String AUTHENTICATION_ALONE = "auth";

    private static final List<String> PROPERTIES = List.of(
            Sasl.QOP, Sasl.MAX_BUFFER, Sasl.RAW_SEND_SIZE, "javax.security.sasl.sendmaxbuffer", Sasl.BOUND_SERVER_NAME);

    private final BatonContext context;
    private final Map<String, String> properties;
    private final String authorizationId;

    private SaslLayer(BatonContext context, Map<String, String> properties, String authorizationId) {
        this.context = context;
        this.properties = properties;
        this.authorizationId = authorizationId;
    }

    /** Writes the note of a connection that is complete. */
    static byte[] note(BatonContext context, Function<String, Object> property, String authorizationId)
            throws GSSException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try {
            DataOutputStream out = new DataOutputStream(octets);
            out.writeInt(MAGIC);
            out.writeBoolean(context.isInitiator());
            for (String name : PROPERTIES) {
                write(out, property.apply(name));
            }
            write(out, authorizationId);
            out.write(mac(context, octets.toByteArray()));
        } catch (IOException e) {
            throw TransferFault.refusal(
                    GSSException.FAILURE, "a property of the connection cannot be moved: " + e.getMessage());
        }
        return octets.toByteArray();
    }

    private static void write(DataOutputStream out, Object value) throws IOException {
        out.writeBoolean(value != null);
        if (value != null) {
            out.writeUTF(value.toString());
        }
    }

    /**
     * Takes a connection.
     *
     * @throws GSSException {@code DEFECTIVE_TOKEN} if the note was not written for this context and role; the context stays the
     *     caller's
     */
    static SaslLayer resume(BatonContext context, byte[] note, boolean initiator) throws GSSException {
        int end = note.length - MAC_SIZE;
        if (end < 0
                || !MessageDigest.isEqual(
                        mac(context, Arrays.copyOf(note, end)), Arrays.copyOfRange(note, end, note.length))) {
            throw TransferFault.refusal(GSSException.DEFECTIVE_TOKEN, "the note was not written for this context");
        }
        try {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(note, 0, end));
            if (in.readInt() != MAGIC || in.readBoolean() != initiator || context.isInitiator() != initiator) {
                throw TransferFault.refusal(
                        GSSException.DEFECTIVE_TOKEN,
                        "the note is not that of a SASL " + (initiator ? "client" : "server"));
            }
            Map<String, String> properties = new HashMap<>();
            for (String name : PROPERTIES) {
                String value = read(in);
                if (value != null) {
                    properties.put(name, value);
                }
            }
            return new SaslLayer(context, Map.copyOf(properties), read(in));
        } catch (IOException e) {
            throw TransferFault.refusal(GSSException.DEFECTIVE_TOKEN, "the note is malformed");
        }
    }

    private static String read(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }

    private static byte[] mac(BatonContext context, byte[] text) throws GSSException {
        byte[] key = context.pseudoRandom(PrfKey.FULL, LABEL, MAC_SIZE);
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    BatonContext context() {
        return context;
    }

    @Override
    public String getMechanismName() {
        return "GSSAPI";
    }

    @Override
    public boolean isComplete() {
        return true;
    }

    @Override
    public byte[] evaluateResponse(byte[] response) {
        throw new IllegalStateException("the exchange is complete");
    }

    @Override
    public String getAuthorizationID() {
        return authorizationId;
    }

    @Override
    public String getNegotiatedProperty(String name) {
        return properties.get(name);
    }

    @Override
    public byte[] wrap(byte[] outgoing, int offset, int length) throws SaslException {
        MessageProp prop = new MessageProp(0, isConfidential());
        try {
            byte[] token = context.wrap(outgoing, offset, length, prop);
            requirePrivacy(prop);
            return token;
        } catch (GSSException e) {
            throw new SaslException("Problem performing GSS wrap", e);
        }
    }

    @Override
    public byte[] unwrap(byte[] incoming, int offset, int length) throws SaslException {
        MessageProp prop = new MessageProp(0, isConfidential());
        try {
            byte[] message = context.unwrap(incoming, offset, length, prop);
            requirePrivacy(prop);
            if (prop.isDuplicateToken() || prop.isOldToken() || prop.isUnseqToken() || prop.isGapToken()) {
                throw new SaslException("a message was replayed, lost or overtaken");
            }
            return message;
        } catch (GSSException e) {
            throw new SaslException("Problem performing GSS unwrap", e);
        }
    }

    /** Tells whether messages are encrypted; a connection without a layer has no messages. */
    private boolean isConfidential() {
        String qop = properties.getOrDefault(Sasl.QOP, AUTHENTICATION_ALONE);
        if (qop.equals(AUTHENTICATION_ALONE)) {
            throw new IllegalStateException("no security layer was negotiated");
        }
        return qop.equals("auth-conf");
    }

    private void requirePrivacy(MessageProp prop) throws SaslException {
        if (isConfidential() && !prop.getPrivacy()) {
            throw new SaslException("a message is not encrypted, and auth-conf was negotiated");
        }
    }

    @Override
    public void dispose() throws SaslException {
        try {
            context.dispose();
        } catch (GSSException e) {
            throw new SaslException("the context cannot be disposed of", e);
        }
    }
}
