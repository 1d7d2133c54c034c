package dev.gssbaton.spi;

import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSCredential;

/**
 * What an acceptor brings to a new context.
 *
 * @param credential the acceptor's credential; null for the default one
 * @param channelBinding what the context must be bound to; null to ignore the initiator's
 */
public record AcceptorRequest(GSSCredential credential, ChannelBinding channelBinding) {}
