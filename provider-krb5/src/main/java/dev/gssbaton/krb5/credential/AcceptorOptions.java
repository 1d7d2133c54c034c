package dev.gssbaton.krb5.credential;

import dev.gssbaton.krb5.crypto.EncryptionType;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an acceptor insists on. {@link #DEFAULT} is the strictest; each {@link Relaxation} gives something up, by name. An
 * initiator insists on the encryption types alone, and announces what it is told to.
 *
 * @param clockSkew how far an initiator's clock may differ from ours. Services that share a key and allow more than five
 *     minutes must allow the same: a stricter one would forget a used authenticator sooner than the others refuse it
 * @param permittedEncryptionTypes the numbers of the encryption types that ticket, session key and subkeys may have. A
 *     credential to initiate with takes session keys and subkeys of these types alone
 * @param preferredEncryptionTypes the numbers of the encryption types to negotiate in the place of the one that the KDC
 *     chose (<a href="https://www.rfc-editor.org/rfc/rfc4537">RFC 4537</a>), the best first: an initiator offers them if it
 *     asks for mutual authentication, an acceptor takes the first that it was offered. If there are none, the KDC's choice
 *     stays, unless it is RC4, in whose place the strongest type is taken that both sides permit
 * @param transitRealms the realms through which a ticket may come from another realm to ours, beside those between them
 *     in the hierarchy of their names, when the KDC has not checked its path
 * @param relaxations what is given up
 * @param announcements what an initiator says of itself
 */
public record AcceptorOptions(
        Duration clockSkew,
        Set<Integer> permittedEncryptionTypes,
        List<Integer> preferredEncryptionTypes,
        Set<String> transitRealms,
        Set<Relaxation> relaxations,
        Set<Announcement> announcements) {

    /** A demand that is given up. */
    public enum Relaxation {
        /**
         * An initiator whose authenticator has no checksum is taken as if it had asked for no service, and one with another
         * than GSS-API's, over no data, as if it had asked for replay and sequence detection. Never where channel bindings
         * are set.
         */
        ABSENT_OR_OTHER_CHECKSUM,
        /**
         * An initiator that sends no channel bindings is taken although ours are set, unless it says that it knows of them
         * (KERB_AP_OPTIONS_CBT of MS-KILE).
         */
        ABSENT_CHANNEL_BINDINGS,
        /**
         * Replays are remembered in this process alone: an authenticator that another process has taken, or this one before
         * it was restarted, is taken again.
         */
        REPLAY_CACHE_IN_MEMORY_ONLY,
        /** The path of a ticket from another realm is not checked, though the KDC has not checked it. */
        UNCHECKED_TRANSIT_PATH,
        /**
         * The acceptor asserts no subkey where the initiator does, except in DCE style and where another encryption type is
         * negotiated: messages are protected with the initiator's.
         */
        NO_ACCEPTOR_SUBKEY
    }

    /** What an initiator says of itself in its authenticator. */
    public enum Announcement {
        /**
         * That it knows of channel bindings (KERB_AP_OPTIONS_CBT of MS-KILE): where it sends none there is no channel to bind to,
         * and an acceptor that is bound to one does not take it for an old client, but refuses it as relayed by somebody else.
         */
        CHANNEL_BINDINGS
    }

    /** Five minutes, all encryption types that are not weak (17 to 20, 25 and 26), nothing given up, nothing announced. */
    public static final AcceptorOptions DEFAULT = new AcceptorOptions(
            Duration.ofMinutes(5), Set.of(17, 18, 19, 20, 25, 26), List.of(), Set.of(), Set.of(), Set.of());

    private static final String ALLOW_WEAK = "baton.krb5.allow_weak_crypto";
    private static final String CHANNEL_BINDINGS_KNOWN = "baton.krb5.client_aware_channel_bindings";

    /**
     * Gives what is taken where no options are given: {@link #DEFAULT}, changed by what the section {@code [libdefaults]} of
     * krb5.conf says:
     *
     * <ul>
     *   <li>{@code clockskew}, in seconds.
     *   <li>{@code allow_weak_crypto}: rc4-hmac (23) is permitted too, unless the system property
     *       {@code baton.krb5.allow_weak_crypto} says otherwise, which goes before krb5.conf.
     *   <li>{@code permitted_enctypes}: of these, the ones that are named, with blanks or commas between.
     *   <li>{@code client_aware_channel_bindings}: {@link Announcement#CHANNEL_BINDINGS}, unless the system property
     *       {@code baton.krb5.client_aware_channel_bindings} says otherwise.
     * </ul>
     *
     * <p>The file is the one that the JDK reads: the one that the system property {@code java.security.krb5.conf} names, else
     * {@code conf/security/krb5.conf} of the JDK, else {@code /etc/krb5.conf}. Files that this one includes are not looked at. The
     * system property {@code sun.security.krb5.acceptor.subkey}, set to {@code false}, gives {@link Relaxation#NO_ACCEPTOR_SUBKEY}.
     *
     * @return the options as properties and file are now
     * @throws IllegalArgumentException if {@code permitted_enctypes} names none that is spoken here and allowed
     */
    public static AcceptorOptions configured() {
        Krb5Conf configuration = Krb5Conf.read();
        Set<Integer> types = new TreeSet<>(DEFAULT.permittedEncryptionTypes());
        if (isOn(ALLOW_WEAK, configuration.allowsWeakTypes())) {
            types.add(EncryptionType.RC4_HMAC.number());
        }
        configuration.permittedTypes().ifPresent(types::retainAll);
        AcceptorOptions options = DEFAULT.withPermittedEncryptionTypes(types)
                .withClockSkew(configuration.clockSkew().orElse(DEFAULT.clockSkew()));
        if (isOn(CHANNEL_BINDINGS_KNOWN, configuration.knowsChannelBindings())) {
            options = options.announcing(Announcement.CHANNEL_BINDINGS);
        }
        return "false".equalsIgnoreCase(System.getProperty("sun.security.krb5.acceptor.subkey"))
                ? options.allowing(Relaxation.NO_ACCEPTOR_SUBKEY)
                : options;
    }

    private static boolean isOn(String property, boolean configured) {
        String value = System.getProperty(property);
        return value == null ? configured : "true".equalsIgnoreCase(value);
    }

    /**
     * Checks the values and copies the sets.
     *
     * @param clockSkew zero or more, a day at most
     * @param permittedEncryptionTypes at least one
     * @param preferredEncryptionTypes permitted ones
     * @param transitRealms realms
     * @param relaxations what is given up
     * @param announcements what an initiator says of itself
     */
    public AcceptorOptions {
        if (clockSkew.isNegative() || clockSkew.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("the clock skew is zero to a day, not " + clockSkew);
        }
        if (permittedEncryptionTypes.isEmpty()) {
            throw new IllegalArgumentException("no encryption type is permitted");
        }
        permittedEncryptionTypes = Collections.unmodifiableSet(new TreeSet<>(permittedEncryptionTypes));
        preferredEncryptionTypes = List.copyOf(preferredEncryptionTypes);
        if (!permittedEncryptionTypes.containsAll(preferredEncryptionTypes)) {
            throw new IllegalArgumentException("of the preferred encryption types " + preferredEncryptionTypes
                    + " some are not permitted: " + permittedEncryptionTypes);
        }
        transitRealms = Set.copyOf(transitRealms);
        EnumSet<Relaxation> given = EnumSet.noneOf(Relaxation.class);
        given.addAll(relaxations);
        relaxations = Collections.unmodifiableSet(given);
        announcements = Set.copyOf(announcements);
    }

    /**
     * Gives the same options with another clock skew.
     *
     * @param clockSkew how far an initiator's clock may differ from ours
     * @return new options
     */
    public AcceptorOptions withClockSkew(Duration clockSkew) {
        return new AcceptorOptions(
                clockSkew,
                permittedEncryptionTypes,
                preferredEncryptionTypes,
                transitRealms,
                relaxations,
                announcements);
    }

    /**
     * Gives the same options with other encryption types.
     *
     * @param numbers the numbers of the permitted encryption types
     * @return new options
     */
    public AcceptorOptions withPermittedEncryptionTypes(Set<Integer> numbers) {
        return new AcceptorOptions(
                clockSkew, numbers, preferredEncryptionTypes, transitRealms, relaxations, announcements);
    }

    /**
     * Gives the same options with other encryption types to negotiate.
     *
     * @param numbers the numbers of the preferred encryption types, the best first
     * @return new options
     */
    public AcceptorOptions withPreferredEncryptionTypes(List<Integer> numbers) {
        return new AcceptorOptions(
                clockSkew, permittedEncryptionTypes, numbers, transitRealms, relaxations, announcements);
    }

    /**
     * Gives the same options with other realms between.
     *
     * @param realms the realms through which a ticket may come
     * @return new options
     */
    public AcceptorOptions withTransitRealms(Set<String> realms) {
        return new AcceptorOptions(
                clockSkew, permittedEncryptionTypes, preferredEncryptionTypes, realms, relaxations, announcements);
    }

    /**
     * Gives the same options and gives something up.
     *
     * @param relaxation what to give up
     * @return new options
     */
    public AcceptorOptions allowing(Relaxation relaxation) {
        EnumSet<Relaxation> more = EnumSet.of(relaxation);
        more.addAll(relaxations);
        return new AcceptorOptions(
                clockSkew, permittedEncryptionTypes, preferredEncryptionTypes, transitRealms, more, announcements);
    }

    /**
     * Tells whether something is given up.
     *
     * @param relaxation what
     * @return true if it is
     */
    public boolean allows(Relaxation relaxation) {
        return relaxations.contains(relaxation);
    }

    /**
     * Gives the same options and lets initiators say something of themselves.
     *
     * @param announcement what to say
     * @return new options
     */
    public AcceptorOptions announcing(Announcement announcement) {
        EnumSet<Announcement> more = EnumSet.of(announcement);
        more.addAll(announcements);
        return new AcceptorOptions(
                clockSkew, permittedEncryptionTypes, preferredEncryptionTypes, transitRealms, relaxations, more);
    }

    /**
     * Tells whether an initiator says something of itself.
     *
     * @param announcement what
     * @return true if it does
     */
    public boolean announces(Announcement announcement) {
        return announcements.contains(announcement);
    }
}
