package dev.gssbaton.cli.connect;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a server listens.
 *
 * @param host its name or address
 * @param port its port
 */
record ServerAddress(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.%\\w]+)]|([^\\[\\]:]+)):(\\d{1,5})");
    private static final int MAX_PORT = 65535;

    /**
     * Reads {@code host:port}, or {@code [address]:port} for an IPv6 address.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static ServerAddress parse(String text) {
        Matcher matcher = FORM.matcher(text);
        int port = matcher.matches() ? Integer.parseInt(matcher.group(3)) : 0;
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("HOST:PORT is a host and a port of 1 to " + MAX_PORT
                    + ", as localhost:4444 or [::1]:4444, not " + text);
        }
        return new ServerAddress(matcher.group(1) == null ? matcher.group(2) : matcher.group(1), port);
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
