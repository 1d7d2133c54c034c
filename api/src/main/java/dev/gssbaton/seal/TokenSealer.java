package dev.gssbaton.seal;

import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import org.ietf.jgss.GSSException;

/**
 * Seals contexts' states into tokens, and opens tokens that it or another sealer with the same keys, purpose and claim
 * store made. {@link TokenHeader} has the layout.
 *
 * <p>A token is opened, never taken: claiming it is the caller's part.
 *
 * <p>Safe for use by several threads.
 */
public final class TokenSealer implements AutoCloseable {
    private static final int N2_POS = TokenHeader.NONCE_POS + Xaes256Gcm.PREFIX_SIZE;
    /** How often a key that was dropped in the very moment of its use is asked for again. */
    private static final int ATTEMPTS = 3;

    private final KeySource keys;
    private final String purpose;
    private final ClaimStore claims;
    private final SecureRandom random;
    private final Clock clock;

    private final NonceSource nonces;
    private final DerivedKeys derivedKeys = new DerivedKeys();
    private final Object epochLock = new Object();
    private volatile Epoch epoch;
    private volatile boolean closed;

    /**
     * Makes a sealer.
     *
     * @param keys where the keys come from, which decides who can open a token; the caller closes it
     * @param purpose the application's purpose, may be empty: a token of another purpose is refused
     * @param claims the store whose identity goes into each token, and which an importer's must be
     * @param random where nonces come from
     * @param clock by which epochs end and tokens expire
     */
    public TokenSealer(KeySource keys, String purpose, ClaimStore claims, SecureRandom random, Clock clock) {
        this.keys = Objects.requireNonNull(keys, "keys");
        this.purpose = Objects.requireNonNull(purpose, "purpose");
        this.claims = Objects.requireNonNull(claims, "claims");
        this.random = Objects.requireNonNull(random, "random");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.nonces = new NonceSource(random);
    }

    /**
     * Seals a state, in the array that it was written to.
     *
     * @param state a writer that was made with a headroom of {@link TokenHeader#SIZE}; whatever happens, it can only be
     *     closed afterwards, by the caller
     * @param notAfter until when the token may be imported, rounded down to the millisecond
     * @return the token, the caller's
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} or {@link TransferFault#CLAIMS_UNUSABLE}, or
     *     {@link TransferFault#EXPORT_FAILED} if the state is too large; then there is no token
     * @throws IllegalArgumentException if the writer has no headroom, or the time does not fit into the header
     * @throws IllegalStateException if this sealer is closed
     */
    public byte[] seal(StateWriter state, Instant notAfter) throws GSSException {
        if (state.position() < TokenHeader.SIZE) {
            throw new IllegalArgumentException("the writer has no headroom of " + TokenHeader.SIZE + " octets");
        }
        int to = state.position();
        int end = to + Xaes256Gcm.TAG_SIZE;
        makeRoomForTag(state, end);
        byte[] array = state.array();
        long now = clock.millis();
        nonces.put(array, N2_POS, now);
        for (int erased = 0; ; ) {
            SealingKey key = keys.exportKey(purpose);
            Optional<Epoch> current = epoch(key, now);
            if (current.isEmpty()) {
                erased = countErased(erased);
                continue;
            }
            current.get().putN1(array, TokenHeader.NONCE_POS);
            TokenHeader.encode(key.id(), claims.id(), notAfter, array);
            // Once more, if another thread began the next epoch meanwhile.
            if (current.get().key().seal(array, N2_POS, array, TokenHeader.SIZE, to)) {
                return Arrays.copyOf(array, end);
            }
        }
    }

    private static void makeRoomForTag(StateWriter state, int end) throws GSSException {
        try {
            if (end <= TokenHeader.MAX_TOKEN_SIZE) {
                state.reserve(Xaes256Gcm.TAG_SIZE);
                return;
            }
        } catch (IllegalArgumentException e) {
            // Larger than a writer grows: the same fault.
        }
        throw TransferFault.EXPORT_FAILED.exception("the state of " + (state.position() - TokenHeader.SIZE)
                + " octets is larger than " + StateWriter.MAX_SIZE + ", or than there is room for");
    }

    /** Gives the epoch in which a token may be sealed with a key; empty if the key has been dropped. */
    private Optional<Epoch> epoch(SealingKey key, long now) {
        Epoch current = epoch;
        if (current != null && current.takes(key, now)) {
            return Optional.of(current);
        }
        synchronized (epochLock) {
            requireOpen();
            current = epoch;
            if (current != null && current.takes(key, now)) {
                return Optional.of(current);
            }
            byte[] n1 = new byte[Xaes256Gcm.PREFIX_SIZE];
            random.nextBytes(n1);
            Optional<Xaes256Gcm> derived = derive(key, n1);
            if (derived.isEmpty()) {
                return Optional.empty();
            }
            Epoch next = new Epoch(key, n1, derived.get(), now);
            epoch = next;
            if (current != null) {
                current.key().close();
            }
            return Optional.of(next);
        }
    }

    private static Optional<Xaes256Gcm> derive(SealingKey key, byte[] nonce) {
        try {
            return Optional.of(Xaes256Gcm.derive(key.key(), nonce));
        } catch (IllegalStateException e) {
            if (key.key().isDestroyed()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Opens a token. Refusals come in this order, and nothing that the seal does not vouch for is looked at beyond the
     * header's form: those of {@link TokenHeader#decode}; the key is not held, for this purpose; the token belongs to
     * another claim store; the seal does not open; the token has expired.
     *
     * @param token a whole token, or null; neither kept nor changed
     * @param skew how much later than its not-after a token is still taken, for clocks that differ; not negative
     * @return what was sealed, which the caller closes
     * @throws GSSException as {@link TokenHeader#decode}, {@link TransferFault#KEY_NOT_HELD},
     *     {@link TransferFault#STORE_FOREIGN}, {@link TransferFault#SEAL_BROKEN} or
     *     {@link TransferFault#TOKEN_EXPIRED}; {@link TransferFault#KEYS_UNUSABLE} or
     *     {@link TransferFault#CLAIMS_UNUSABLE} if keys or store cannot be asked
     * @throws IllegalStateException if this sealer is closed
     */
    public OpenedToken open(byte[] token, Duration skew) throws GSSException {
        requireOpen();
        TokenHeader header = TokenHeader.decode(token);
        for (int erased = 0; ; ) {
            SealingKey key = importKey(header.keyId());
            PublicId store = claims.id();
            if (!store.equals(header.storeId())) {
                throw TransferFault.STORE_FOREIGN.exception("it is to be claimed in store " + header.storeId()
                        + ", and this importer claims in " + store + " of " + claims.scope()
                        + ": both processes need one claim store, and a host's ends when the host restarts");
            }
            Optional<byte[]> state = open(token, header, key);
            if (state.isPresent()) {
                return unexpired(new OpenedToken(header, state.get(), clock.instant()), skew);
            }
            // Once more, if other threads pushed the derived key out meanwhile.
            if (key.key().isDestroyed()) {
                erased = countErased(erased);
            }
        }
    }

    private SealingKey importKey(PublicId id) throws GSSException {
        Optional<SealingKey> held = keys.importKey(id, purpose);
        if (held.isEmpty()) {
            derivedKeys.drop(id);
            throw TransferFault.KEY_NOT_HELD.exception("key " + id + " is not among the " + keys.describe()
                    + " for the purpose '" + purpose + "': exporter and importer need the same keys and purpose");
        }
        return held.get();
    }

    /** Gives the state; empty if the key was dropped, or what is derived from it pushed out, meanwhile. */
    private Optional<byte[]> open(byte[] token, TokenHeader header, SealingKey key) throws GSSException {
        byte[] nonce = header.nonce();
        Optional<Xaes256Gcm> kept = derivedKeys.find(key, nonce);
        try {
            if (kept.isPresent()) {
                return kept.get().open(token, N2_POS, token, TokenHeader.SIZE);
            }
            Optional<Xaes256Gcm> derived = derive(key, nonce);
            if (derived.isEmpty()) {
                return Optional.empty();
            }
            boolean opened = false;
            try {
                Optional<byte[]> state = derived.get().open(token, N2_POS, token, TokenHeader.SIZE);
                opened = true;
                derivedKeys.keep(key, nonce, derived.get());
                return state;
            } finally {
                if (!opened) {
                    derived.get().close();
                }
            }
        } catch (AEADBadTagException e) {
            // Without the cause: every failure to open looks alike.
            throw TransferFault.SEAL_BROKEN.exception();
        }
    }

    private OpenedToken unexpired(OpenedToken opened, Duration skew) throws GSSException {
        Instant notAfter = opened.header().notAfter();
        if (opened.openedAt().isAfter(notAfter.plus(skew))) {
            opened.close();
            throw TransferFault.TOKEN_EXPIRED.exception("token " + opened.id() + " could be imported until " + notAfter
                    + ", and it is " + opened.openedAt());
        }
        return opened;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the sealer is closed");
        }
    }

    private int countErased(int before) throws GSSException {
        if (before + 1 == ATTEMPTS) {
            throw TransferFault.KEYS_UNUSABLE.exception(
                    "the " + keys.describe() + " gave out a key that they had erased, " + ATTEMPTS + " times over");
        }
        return before + 1;
    }

    /** Erases all derived keys; what is under way comes to an end. Closing twice is harmless. */
    @Override
    public void close() {
        synchronized (epochLock) {
            closed = true;
            Epoch last = epoch;
            epoch = null;
            if (last != null) {
                last.key().close();
            }
        }
        derivedKeys.close();
    }
}
