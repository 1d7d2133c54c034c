package dev.gssbaton.spi;

import org.ietf.jgss.GSSException;

/**
 * Opens a kind of {@link KeySource} by what a file of settings says, so that an application can be given other keys without
 * being compiled against them. Found as a service ({@link java.util.ServiceLoader}).
 */
public interface KeySourceFactory {
    /**
     * Names the kind of source: {@code keytab}. In a file of settings it stands before the colon.
     *
     * @return lower-case letters and digits
     */
    String kind();

    /**
     * Opens a source.
     *
     * @param specification what the file of settings says after the colon, without spaces at its ends
     * @return a source that lives as long as the manager
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} if it cannot be used, saying what to do
     * @throws IllegalArgumentException if the specification is malformed, saying what it looks like
     */
    KeySource open(String specification) throws GSSException;
}
