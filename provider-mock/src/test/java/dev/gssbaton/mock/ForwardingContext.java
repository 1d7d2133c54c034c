package dev.gssbaton.mock;

import com.sun.security.jgss.InquireType;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.MechanismContext;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;

/** A context that does as another one does, where a subclass does not do otherwise. */
class ForwardingContext implements MechanismContext {
    final MechanismContext inner;

    ForwardingContext(MechanismContext inner) {
        this.inner = inner;
    }

    @Override
    public boolean isInitiator() {
        return inner.isInitiator();
    }

    @Override
    public byte[] step(byte[] token, int offset, int length) throws GSSException {
        return inner.step(token, offset, length);
    }

    @Override
    public boolean isEstablished() {
        return inner.isEstablished();
    }

    @Override
    public boolean isProtectionReady() {
        return inner.isProtectionReady();
    }

    @Override
    public Set<ContextFlag> flags() {
        return inner.flags();
    }

    @Override
    public GSSName sourceName() {
        return inner.sourceName();
    }

    @Override
    public GSSName targetName() {
        return inner.targetName();
    }

    @Override
    public Instant expiry() {
        return inner.expiry();
    }

    @Override
    public GSSCredential delegatedCredential() {
        return inner.delegatedCredential();
    }

    @Override
    public Object inquire(InquireType type) throws GSSException {
        return inner.inquire(type);
    }

    @Override
    public <T> Optional<T> details(Class<T> type) {
        return inner.details(type);
    }

    @Override
    public long wrapSize(int messageLength, MessageProp prop) throws GSSException {
        return inner.wrapSize(messageLength, prop);
    }

    @Override
    public byte[] wrap(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
        return inner.wrap(message, offset, length, prop);
    }

    @Override
    public void wrap(ByteBuffer message, ByteBuffer token, MessageProp prop) throws GSSException {
        inner.wrap(message, token, prop);
    }

    @Override
    public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
        return inner.unwrap(token, offset, length, prop);
    }

    @Override
    public void unwrap(ByteBuffer token, ByteBuffer message, MessageProp prop) throws GSSException {
        inner.unwrap(token, message, prop);
    }

    @Override
    public int micSize(MessageProp prop) throws GSSException {
        return inner.micSize(prop);
    }

    @Override
    public byte[] getMIC(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
        return inner.getMIC(message, offset, length, prop);
    }

    @Override
    public void getMIC(ByteBuffer message, ByteBuffer token, MessageProp prop) throws GSSException {
        inner.getMIC(message, token, prop);
    }

    @Override
    public void verifyMIC(byte[] token, int offset, int length, byte[] message, int from, int size, MessageProp prop)
            throws GSSException {
        inner.verifyMIC(token, offset, length, message, from, size, prop);
    }

    @Override
    public void verifyMIC(ByteBuffer token, ByteBuffer message, MessageProp prop) throws GSSException {
        inner.verifyMIC(token, message, prop);
    }

    @Override
    public void erase() {
        inner.erase();
    }
}
