package dev.gssbaton.cli.dispatch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ClientsTest {
    private final List<SocketChannel> peers = new ArrayList<>();
    private Listening listener;

    @BeforeEach
    void listen() throws IOException {
        listener = Listening.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
        for (SocketChannel peer : peers) {
            peer.close();
        }
    }

    @Test
    void whoSaysNothingMakesRoomTheLongestFirst() throws IOException {
        Clients clients = new Clients(3);
        Client authenticated = client();
        Client silent = client();
        Client later = client();
        assertTrue(clients.admit(authenticated));
        authenticated.authenticated("alice");
        assertTrue(clients.admit(silent));
        assertTrue(clients.admit(later));

        Client next = client();
        assertTrue(clients.admit(next));
        assertTrue(silent.evicted());
        assertFalse(silent.channel().isOpen());
        assertTrue(authenticated.channel().isOpen());
        assertTrue(later.channel().isOpen());
    }

    @Test
    void whoIsAuthenticatedStays() throws IOException {
        Clients clients = new Clients(2);
        for (int i = 0; i < 2; i++) {
            Client client = client();
            assertTrue(clients.admit(client));
            client.authenticated("alice");
        }
        assertFalse(clients.admit(client()));
    }

    @Test
    void whoLeavesGivesRoom() throws IOException {
        Clients clients = new Clients(1);
        Client first = client();
        assertTrue(clients.admit(first));
        first.authenticated("alice");
        assertFalse(clients.admit(client()));
        clients.leave(first.id());
        assertTrue(clients.admit(client()));
    }

    @Test
    void whoIsAtAWorkerNeedsRoomUntilItLeaves() throws IOException {
        Clients clients = new Clients(2);
        Client moved = client();
        assertTrue(clients.admit(moved));
        clients.handedOver(moved);
        clients.adopt("of another process");
        clients.adopt("beyond the limit");
        assertFalse(clients.admit(client()));
        clients.leave("of another process");
        clients.leave(moved.id());
        assertTrue(clients.admit(client()));
        Client gone = client();
        clients.handedOver(gone);
        clients.leave("beyond the limit");
        assertTrue(clients.admit(client()), "who was gone before it was handed over needs no room");
    }

    @Test
    void afterTheEndNobodyIsLetIn() throws IOException {
        Clients clients = new Clients(2);
        Client client = client();
        clients.admit(client);
        clients.close();
        assertFalse(client.channel().isOpen());
        assertFalse(clients.admit(client()));
    }

    private Client client() throws IOException {
        peers.add(SocketChannel.open(listener.address()));
        return new Client(listener.accept());
    }
}
