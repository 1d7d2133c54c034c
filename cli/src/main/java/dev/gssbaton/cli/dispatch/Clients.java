package dev.gssbaton.cli.dispatch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The clients that are connected, here or to a worker, up to a number. When there are as many, the one that has been longest
 * without authenticating makes room: so those who say nothing do not keep others out, and those who are authenticated stay.
 */
final class Clients {
    private final int max;
    /** Those whose connections are here, by their sessions' names, the oldest first. */
    private final Map<String, Client> here = new LinkedHashMap<>();
    /** The names of the sessions that workers have. */
    private final Set<String> atWorkers = new HashSet<>();

    private boolean closed;

    Clients(int max) {
        this.max = max;
    }

    /** Lets a client in, if there is room or room can be made. */
    synchronized boolean admit(Client client) throws IOException {
        if (closed || (size() >= max && !makeRoom())) {
            return false;
        }
        here.put(client.id(), client);
        return true;
    }

    /** A worker has a client's connection now, unless the client is gone already. */
    synchronized void handedOver(Client client) {
        if (here.remove(client.id()) != null) {
            atWorkers.add(client.id());
        }
    }

    /** A worker was given a session by another process: it is let in whether there is room or not. */
    synchronized void adopt(String id) {
        atWorkers.add(id);
    }

    /** A client is gone, wherever it was. */
    synchronized void leave(String id) {
        here.remove(id);
        atWorkers.remove(id);
    }

    /** Returns how many there are. */
    synchronized int size() {
        return here.size() + atWorkers.size();
    }

    /** Returns how many of them workers have. */
    synchronized int atWorkers() {
        return atWorkers.size();
    }

    private boolean makeRoom() throws IOException {
        for (Iterator<Client> oldestFirst = here.values().iterator(); oldestFirst.hasNext(); ) {
            Client client = oldestFirst.next();
            if (!client.authenticated()) {
                oldestFirst.remove();
                client.evict();
                return true;
            }
        }
        return false;
    }

    /** Closes all connections that are here, and lets nobody in any more. */
    synchronized void close() throws IOException {
        closed = true;
        List<Client> all = new ArrayList<>(here.values());
        here.clear();
        for (Client client : all) {
            client.close();
        }
    }
}
