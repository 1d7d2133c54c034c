package dev.gssbaton.cli.dispatch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The clients that are connected, up to a number. When there are as many, the one that has been longest without
 * authenticating makes room: so those who say nothing do not keep others out, and those who are authenticated stay.
 */
final class Clients {
    private final int max;
    private final Set<Client> connected = new LinkedHashSet<>();
    private boolean closed;

    Clients(int max) {
        this.max = max;
    }

    /** Lets a client in, if there is room or room can be made. */
    synchronized boolean admit(Client client) throws IOException {
        if (closed || (connected.size() >= max && !makeRoom())) {
            return false;
        }
        connected.add(client);
        return true;
    }

    synchronized void leave(Client client) {
        connected.remove(client);
    }

    private boolean makeRoom() throws IOException {
        for (Iterator<Client> oldestFirst = connected.iterator(); oldestFirst.hasNext(); ) {
            Client client = oldestFirst.next();
            if (!client.authenticated()) {
                oldestFirst.remove();
                client.evict();
                return true;
            }
        }
        return false;
    }

    /** Closes all connections, and lets nobody in any more. */
    synchronized void close() throws IOException {
        closed = true;
        List<Client> all = new ArrayList<>(connected);
        connected.clear();
        for (Client client : all) {
            client.close();
        }
    }
}
