package dev.gssbaton.claim;

import dev.gssbaton.spi.PublicId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a symbolic link of a host's store says, or a store's directory by its name: whose it is, and a time by two clocks.
 *
 * <pre>
 * 3f2a…90.1767229260000.5025123.9c1e07aa
 * |       |             |       which machine's clock: see {@link HostStore}
 * |       |             milliseconds by it
 * |       milliseconds since 1970
 * 16 octets
 * </pre>
 *
 * <p>Stores of an older form have the first two parts alone; no clock is theirs, and its name is empty here.
 *
 * @param id a claimant, or what tells a store from others
 * @param time the time
 * @param clock the name of the machine's clock
 */
record Stamp(PublicId id, Times time, String clock) {
    private static final Pattern TEXT =
            Pattern.compile("([0-9a-f]{32})\\.(0|[1-9][0-9]{0,18})(?:\\.(0|-?[1-9][0-9]{0,18})\\.([0-9a-f]{8}))?");

    /** Reads a text; nothing if it is damaged. */
    static Optional<Stamp> parse(String text) {
        Matcher found = TEXT.matcher(text);
        if (!found.matches()) {
            return Optional.empty();
        }
        try {
            boolean old = found.group(4) == null;
            Times time = new Times(Long.parseLong(found.group(2)), old ? 0 : Long.parseLong(found.group(3)));
            return Optional.of(new Stamp(PublicId.parse(found.group(1)), time, old ? "" : found.group(4)));
        } catch (NumberFormatException e) {
            // Too great: nobody wrote that.
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return id + "." + time.wall() + "." + time.machine() + "." + clock;
    }
}
