package dev.gssbaton.handoff;

import dev.gssbaton.BatonContext;
import dev.gssbaton.spi.ClaimId;
import java.nio.channels.SocketChannel;

/**
 * What was taken: the context, live and this process's, and what came with it. All of it is the caller's.
 *
 * <p>The socket is a {@link SocketChannel} of junixsocket's, since the JDK has no way to make one of a descriptor. It is read, written,
 * blocked on and closed as the JDK's own, in the blocking mode that it came in. What differs:
 *
 * <ul>
 *   <li>It is registered with a selector of its own provider, {@code socket.provider().openSelector()}, not with
 *       {@link java.nio.channels.Selector#open()}.
 *   <li>{@link SocketChannel#getRemoteAddress} is an address of junixsocket's that holds the system's octets.
 *   <li>A scattering read fills one buffer, and a gathering write writes one.
 *   <li>One that is dropped without {@link SocketChannel#close} stays open.
 * </ul>
 *
 * @param context the context
 * @param token the identity of the token by which it came, as logs name it
 * @param socket the socket, connected, or null
 * @param unread octets that were read from the socket and not processed: they come before all that is read from it
 * @param unwritten octets that were produced for the socket and not written: they go before all that is written to it
 * @param note what else the giver said
 */
@SuppressWarnings("ArrayRecordComponent") // Made for the one who takes it; compared by identity.
public record Handoff(
        BatonContext context, ClaimId token, SocketChannel socket, byte[] unread, byte[] unwritten, byte[] note) {
    /**
     * Names the token.
     *
     * @return a text without content
     */
    @Override
    public String toString() {
        return "Handoff[" + token + ", " + context + "]";
    }
}
