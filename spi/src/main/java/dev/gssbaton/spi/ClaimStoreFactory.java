package dev.gssbaton.spi;

import org.ietf.jgss.GSSException;

/**
 * Opens a kind of {@link ClaimStore} by what a file of settings says, so that an application can claim elsewhere without being
 * compiled against it. Found as a service ({@link java.util.ServiceLoader}).
 */
public interface ClaimStoreFactory {
    /**
     * Names the kind of store: {@code zookeeper}. In a file of settings it stands before the colon.
     *
     * @return lower-case letters and digits
     */
    String kind();

    /**
     * Opens a store.
     *
     * @param specification what the file of settings says after the colon, without spaces at its ends
     * @return a store that lives as long as the process
     * @throws GSSException {@link TransferFault#CLAIMS_UNUSABLE} if it cannot be used, saying what to do
     * @throws IllegalArgumentException if the specification is malformed, saying what it looks like
     */
    ClaimStore open(String specification) throws GSSException;
}
