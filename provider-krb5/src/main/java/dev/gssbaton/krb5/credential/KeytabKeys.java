package dev.gssbaton.krb5.credential;

import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.TransferFault;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.ietf.jgss.GSSException;

/**
 * Keys for whoever is trusted to be the service: any process, on any host, that has the service's keytab may import.
 *
 * <p>They are derived from the keytab's entries of one principal, of the types 17 to 20, 25 and 26; entries of other
 * principals and types, rc4-hmac among them, are not used. The PRF+ of
 * <a href="https://www.rfc-editor.org/rfc/rfc6113#section-5.1">RFC 6113 section 5.1</a> with an entry's key gives 48 octets:
 * the key's identifier, and the sealing key. Its input is
 *
 * <pre>
 * "baton seal 1" ‖ 00 ‖ length of the purpose (4) ‖ purpose ‖ encryption type (4) ‖ kvno (4) ‖ principal
 * </pre>
 *
 * <p>where purpose and principal are UTF-8, and the principal is written as Kerberos quotes it, with its realm, so that no
 * two are alike. A sealing key is as strong as the entry's: 128 bits of the types 17, 19 and 25, and no more than its
 * password if it was made of one.
 *
 * <p><strong>Rotation.</strong> A token may name any entry that is there. New tokens are sealed under the newest entry that
 * has been in the keytab for a <em>settle time</em>, by the time that is written in it, so that every host has had it before
 * the first token needs it. An entry without a time, as {@code ktpass} writes it, is as old as its file, or as this object knows it. So leave the former entry in the keytab when a new one comes, as {@code ktadd} does; if no entry
 * has settled, nothing is sealed. The file is looked at about once a second, and read again when it has changed.
 *
 * <p>Across hosts, use a claim store of that scope too: claims of a host do not bind another one.
 *
 * <p>Safe for use by several threads.
 */
public final class KeytabKeys implements KeySource, AutoCloseable {
    /** The settle time of {@link #in(Path, String)}: ten minutes. */
    public static final Duration DEFAULT_SETTLE_TIME = Duration.ofMinutes(10);

    private static final Set<EncryptionType> TYPES = Set.of(
            EncryptionType.AES128_CTS_HMAC_SHA1_96,
            EncryptionType.AES256_CTS_HMAC_SHA1_96,
            EncryptionType.AES128_CTS_HMAC_SHA256_128,
            EncryptionType.AES256_CTS_HMAC_SHA384_192,
            EncryptionType.CAMELLIA128_CTS_CMAC,
            EncryptionType.CAMELLIA256_CTS_CMAC);

    private static final byte[] LABEL = "baton seal 1\0".getBytes(StandardCharsets.US_ASCII);

    /** The latest last; of one time the higher version, and then the longer key and the higher number. */
    private static final Comparator<Derived> BY_AGE = Comparator.comparing(Derived::written)
            .thenComparing(Derived::kvno, Integer::compareUnsigned)
            .thenComparing(entry -> entry.type().keySize())
            .thenComparing(entry -> entry.type().number());

    private final Keytab keytab;
    private final Principal principal;
    private final byte[] principalOctets;
    private final Duration settleTime;
    private final Clock clock;

    private final Map<String, List<Derived>> byPurpose = new HashMap<>();
    /** Of which what is in the map was derived; closed, and kept to be told from the next. */
    private KeyRing derivedFrom;

    private boolean closed;

    /**
     * An entry, and what was derived from it for one purpose.
     *
     * @param type its encryption type
     * @param kvno its version
     * @param written when it was written
     * @param sealing what was derived
     */
    private record Derived(EncryptionType type, int kvno, Instant written, SealingKey sealing) {}

    private KeytabKeys(Keytab keytab, Principal principal, Duration settleTime, Clock clock) {
        this.keytab = keytab;
        this.principal = principal;
        this.principalOctets = utf8(principal.toString(), "principal");
        this.settleTime = settleTime;
        this.clock = clock;
    }

    /**
     * Gives the keys of a service in a keytab, with the default settle time.
     *
     * @param keytab the keytab file, in MIT's format
     * @param principal the service, in full: {@code nfs/host.example@EXAMPLE}
     * @return keys that the caller closes
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} if the file cannot be used, saying what to do; a refusal of
     *     the name if it is no principal with a realm
     */
    public static KeytabKeys in(Path keytab, String principal) throws GSSException {
        return in(keytab, principal, DEFAULT_SETTLE_TIME);
    }

    /**
     * Gives the keys of a service in a keytab.
     *
     * @param keytab the keytab file, in MIT's format
     * @param principal the service, in full
     * @param settleTime how long an entry is in the keytab of every host before it seals; longer than a new keytab takes to
     *     reach the last host. Zero seals with the newest at once
     * @return keys that the caller closes
     * @throws GSSException as {@link #in(Path, String)}
     * @throws IllegalArgumentException if the settle time is negative
     */
    public static KeytabKeys in(Path keytab, String principal, Duration settleTime) throws GSSException {
        return in(keytab, principal, settleTime, Clock.systemUTC(), System::nanoTime);
    }

    static KeytabKeys in(Path keytab, String principal, Duration settleTime, Clock clock, LongSupplier nanoTime)
            throws GSSException {
        if (settleTime.isNegative()) {
            throw new IllegalArgumentException("the settle time is not negative: " + settleTime);
        }
        Principal service = Names.principal(principal);
        try {
            return new KeytabKeys(Keytab.open(keytab, nanoTime), service, settleTime, clock);
        } catch (KerberosException e) {
            throw unusable(e);
        }
    }

    /**
     * Gives the key of the newest entry that has settled.
     *
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} if there is none, or the keytab cannot be used, saying what to
     *     do
     * @throws IllegalArgumentException if the purpose has unpaired surrogates
     */
    @Override
    public SealingKey exportKey(String purpose) throws GSSException {
        List<Derived> entries = entries(purpose);
        if (entries.isEmpty()) {
            throw TransferFault.KEYS_UNUSABLE.exception(keytab.describe() + " has no entry of " + principal
                    + " of the types 17 to 20, 25 or 26: create one with kadmin's ktadd");
        }
        return newestSettled(entries).map(Derived::sealing).orElseThrow(() -> unsettled(entries));
    }

    private Optional<Derived> newestSettled(List<Derived> entries) {
        Instant latest = clock.instant().minus(settleTime);
        return entries.stream()
                .filter(entry -> !entry.written().isAfter(latest))
                .max(BY_AGE);
    }

    /**
     * Lists the entries that open tokens, one of which seals them.
     *
     * @return the entries without their keys, the oldest first
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} if the keytab cannot be used, saying what to do
     */
    public List<Entry> list() throws GSSException {
        List<Derived> entries = entries("");
        Optional<Derived> seals = newestSettled(entries);
        return entries.stream()
                .sorted(BY_AGE)
                .map(entry -> new Entry(
                        entry.type().number(), entry.kvno(), entry.written(), seals.equals(Optional.of(entry))))
                .toList();
    }

    /**
     * An entry of the keytab, without its key.
     *
     * @param encryptionType the number of its encryption type
     * @param kvno its version
     * @param written when it was written, by its timestamp, or its file if it has none
     * @param seals whether new tokens are sealed with it
     */
    public record Entry(int encryptionType, int kvno, Instant written, boolean seals) {}

    private GSSException unsettled(List<Derived> entries) {
        Instant first = entries.stream()
                .map(Derived::written)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        return TransferFault.KEYS_UNUSABLE.exception("the oldest entry of " + principal + " in " + keytab.describe()
                + " was written at " + first + ", and seals when it has been there for " + settleTime
                + ", since other hosts may not have it yet: keep the former entries when a keytab is renewed, or wait");
    }

    @Override
    public Optional<SealingKey> importKey(PublicId id, String purpose) throws GSSException {
        return entries(purpose).stream()
                .map(Derived::sealing)
                .filter(key -> key.id().equals(id))
                .findFirst();
    }

    private synchronized List<Derived> entries(String purpose) throws GSSException {
        if (closed) {
            throw TransferFault.KEYS_UNUSABLE.exception("the keytab keys have been closed");
        }
        try (KeyRing ring = keytab.keys(principal)) {
            if (ring != derivedFrom) {
                byPurpose.replaceAll((known, before) -> successors(before, derive(ring, known)));
                derivedFrom = ring;
            }
            return byPurpose.computeIfAbsent(purpose, asked -> derive(ring, asked));
        } catch (KerberosException e) {
            forget();
            throw unusable(e);
        }
    }

    private List<Derived> derive(KeyRing ring, String purpose) {
        byte[] purposeOctets = utf8(purpose, "purpose");
        List<Derived> entries = new ArrayList<>();
        for (LongTermKey key : ring.keys()) {
            if (key.key() != null
                    && TYPES.contains(key.key().type())
                    && key.principal().matches(principal)) {
                add(entries, derive(key, purposeOctets));
            }
        }
        return entries;
    }

    /** Adds an entry, unless it is there already: a keytab may have one twice. */
    private static void add(List<Derived> entries, Derived entry) {
        for (Derived other : entries) {
            if (other.sealing().id().equals(entry.sealing().id())) {
                entry.sealing().close();
                return;
            }
        }
        entries.add(entry);
    }

    private Derived derive(LongTermKey key, byte[] purpose) {
        EncryptionType type = key.key().type();
        byte[] input = ByteBuffer.allocate(LABEL.length + 3 * Integer.BYTES + purpose.length + principalOctets.length)
                .put(LABEL)
                .putInt(purpose.length)
                .put(purpose)
                .putInt(type.number())
                .putInt(key.kvno())
                .put(principalOctets)
                .array();
        byte[] output = key.key().prfPlus(input, PublicId.SIZE + SealingKey.SIZE);
        try {
            SecretBytes octets = SecretBytes.copyOf(output, PublicId.SIZE, SealingKey.SIZE);
            return new Derived(type, key.kvno(), key.written(), new SealingKey(PublicId.of(output), octets));
        } finally {
            Arrays.fill(output, (byte) 0);
        }
    }

    /**
     * Keeps the object of a key that is still there, so that what was derived from it lasts, and its time, if its file has only
     * been written again; erases the others.
     */
    private static List<Derived> successors(List<Derived> before, List<Derived> after) {
        Map<PublicId, Derived> kept = new HashMap<>();
        before.forEach(entry -> kept.put(entry.sealing().id(), entry));
        List<Derived> entries = new ArrayList<>();
        for (Derived entry : after) {
            // The identifier comes from the same key as the octets: who has the one has the other.
            Derived same = kept.remove(entry.sealing().id());
            if (same == null) {
                entries.add(entry);
            } else {
                entry.sealing().close();
                entries.add(new Derived(
                        entry.type(), entry.kvno(), earlier(same.written(), entry.written()), same.sealing()));
            }
        }
        kept.values().forEach(entry -> entry.sealing().close());
        return entries;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private void forget() {
        byPurpose
                .values()
                .forEach(entries -> entries.forEach(entry -> entry.sealing().close()));
        byPurpose.clear();
        derivedFrom = null;
    }

    private static byte[] utf8(String text, String what) {
        try {
            ByteBuffer octets = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] array = new byte[octets.remaining()];
            octets.get(array);
            return array;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the " + what + " is not a well-formed text", e);
        }
    }

    private static GSSException unusable(KerberosException e) {
        return TransferFault.KEYS_UNUSABLE.exception(e.getMinorString(), e);
    }

    /**
     * Names the service and the file.
     *
     * @return for instance {@code keytab keys of nfs/host.example@EXAMPLE in keytab /etc/krb5.keytab}
     */
    @Override
    public String describe() {
        return "keytab keys of " + principal + " in " + keytab.describe();
    }

    /** Erases all keys in memory. The file stays. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        closed = true;
        forget();
        keytab.close();
    }
}
