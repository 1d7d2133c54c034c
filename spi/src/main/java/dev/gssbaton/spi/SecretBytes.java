package dev.gssbaton.spi;

import java.util.Arrays;
import java.util.Objects;
import javax.security.auth.Destroyable;

/**
 * Holds key material: the only kind of object in Baton that does.
 *
 * <p>The octets are copied in, lent to a function by {@link #lend} and zeroed by {@link #close}. Equality is by
 * identity, {@link #toString} names the length alone, and it is not serializable. Zeroing on a JVM is best effort: a
 * moving collector may have left copies behind.
 *
 * <p>Safe for use by several threads: a reading finishes before the octets are zeroed.
 */
public final class SecretBytes implements AutoCloseable, Destroyable {
    private final byte[] octets;
    private boolean destroyed;

    private SecretBytes(byte[] octets) {
        this.octets = octets;
    }

    /**
     * Copies a whole array into a new holder. The caller keeps the array, and erases it.
     *
     * @param source the octets to copy, not null
     * @return a holder that the caller closes
     */
    public static SecretBytes copyOf(byte[] source) {
        return new SecretBytes(source.clone());
    }

    /**
     * Copies a part of an array into a new holder. The caller keeps the array, and erases it.
     *
     * @param source the array to copy from, not null
     * @param offset index of the first octet
     * @param length number of octets
     * @return a holder that the caller closes
     * @throws IndexOutOfBoundsException if the part is not inside the array
     */
    public static SecretBytes copyOf(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        return new SecretBytes(Arrays.copyOfRange(source, offset, offset + length));
    }

    /**
     * Copies an array into a new holder and zeroes the array: for octets that were made only to be held.
     *
     * @param source the octets to take, zeroed on return
     * @return a holder that the caller closes
     */
    public static SecretBytes take(byte[] source) {
        SecretBytes taken = copyOf(source);
        Arrays.fill(source, (byte) 0);
        return taken;
    }

    /**
     * Copies this holder, for an owner with a life of its own.
     *
     * @return a holder of the same octets that the caller closes
     * @throws IllegalStateException if this holder is closed
     */
    public SecretBytes copy() {
        return lend(SecretBytes::copyOf);
    }

    /**
     * Lends the octets to a function. This is the one way to read them.
     *
     * <p>The array is this holder's own: the function neither changes nor keeps it. Closing waits until it returns.
     *
     * @param <R> what the function returns
     * @param <E> what the function may throw
     * @param reader the function
     * @return what the function returned
     * @throws E what the function threw
     * @throws IllegalStateException if this holder is closed
     */
    public synchronized <R, E extends Exception> R lend(Reader<R, E> reader) throws E {
        if (destroyed) {
            throw new IllegalStateException("the secret has been erased");
        }
        return reader.read(octets);
    }

    /**
     * Gives the number of octets, also after closing.
     *
     * @return the length in octets
     */
    public int length() {
        return octets.length;
    }

    /** Zeroes the octets. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        Arrays.fill(octets, (byte) 0);
        destroyed = true;
    }

    /** Zeroes the octets, as {@link #close} does. */
    @Override
    public void destroy() {
        close();
    }

    @Override
    public synchronized boolean isDestroyed() {
        return destroyed;
    }

    /**
     * Names the length, never an octet.
     *
     * @return a text without the secret
     */
    @Override
    public String toString() {
        return "SecretBytes[" + octets.length + " octets]";
    }

    /**
     * A function that is lent the octets.
     *
     * @param <R> what it returns
     * @param <E> what it may throw
     */
    @FunctionalInterface
    public interface Reader<R, E extends Exception> {
        /**
         * Reads the octets.
         *
         * @param octets the holder's own array, neither to be changed nor kept
         * @return anything but the array
         * @throws E if reading fails
         */
        R read(byte[] octets) throws E;
    }
}
