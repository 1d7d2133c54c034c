package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.Agreement;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.ietf.jgss.GSSException;

/**
 * The settings of MIT krb5's library that stand in its interprocess token. Only the clock skew says anything of the context;
 * the rest is of the machine that wrote it, is read and left out, and is written as a library without settings has it.
 *
 * <pre>{@code
 * octets  field                 written
 * 4       970ea724
 * 4 + n   default realm         none
 * 4 + 4n  encryption types      none
 * 4       clock skew            seconds: an acceptor's context outlives the ticket by them; 300 for an initiator
 * 4       KDC options           10
 * 4       library options       1
 * 4       secure profile        0
 * 4       cache format          0504
 * 4       970ea725
 * 4       offset of the clock   0, seconds
 * 4       and                   0, microseconds
 * 4       flags                 0
 * 4       970ea725
 * 4       aaca6012              the rest to the next aaca6012 may be missing
 * 4       number of files       1
 * 4 + n   path of each          /dev/null: the library must find one of them, and reads its settings anew from it
 * 4       aaca6012
 * 4       970ea724
 * }</pre>
 *
 * <p>The versions before 1.19 had another list of encryption types before the one that is left, those before 1.18 three
 * numbers of checksum types behind the clock skew as well. By that they are told apart, since no version is in the token.
 */
final class MitLibraryContext {
    private static final int USUAL_SKEW = 300;
    private static final int MAX_SKEW = 86_400;
    private static final int KDC_OPTIONS = 0x10;
    private static final int LIBRARY_OPTIONS = 1;
    private static final int CACHE_FORMAT = 0x0504;
    private static final byte[] NO_FILE = "/dev/null".getBytes(StandardCharsets.US_ASCII);

    /** Numbers between the lists and the settings of the operating system. */
    private static final int NUMBERS = 5;

    private static final int NUMBERS_BEFORE_1_18 = 8;

    private MitLibraryContext() {}

    static void encode(Agreement agreement, StateWriter out) {
        MitMagic.CONTEXT.encode(out);
        out.int32(0);
        out.int32(0);
        out.int32(
                agreement.initiator()
                        ? USUAL_SKEW
                        : Math.toIntExact(agreement.clockSkew().toSeconds()));
        out.int32(KDC_OPTIONS);
        out.int32(LIBRARY_OPTIONS);
        out.int32(0);
        out.int32(CACHE_FORMAT);
        MitMagic.OS_CONTEXT.encode(out);
        out.int32(0);
        out.int32(0);
        out.int32(0);
        MitMagic.OS_CONTEXT.encode(out);
        MitMagic.PROFILE.encode(out);
        out.int32(1);
        out.large(NO_FILE);
        MitMagic.PROFILE.encode(out);
        MitMagic.CONTEXT.encode(out);
    }

    /** Reads the settings, and gives the clock skew, which is zero for an initiator. */
    static Duration decode(boolean initiator, StateReader in) throws GSSException {
        MitMagic.CONTEXT.decode(in, "library context");
        MitMagic.counted(in, "default realm");
        skipTypes(in);
        int skew = in.int32("clock skew");
        skipNumbers(NUMBERS - 1, in);
        if (!MitMagic.OS_CONTEXT.isNext(in)) {
            throw unknown(skew, in);
        }
        MitMagic.OS_CONTEXT.decode(in, "clock of the library context");
        skipNumbers(3, in);
        MitMagic.OS_CONTEXT.decode(in, "clock of the library context");
        if (MitMagic.PROFILE.isNext(in)) {
            skipProfile(in);
        }
        MitMagic.CONTEXT.decode(in, "library context");
        if (initiator) {
            return Duration.ZERO;
        }
        if (skew < 0 || skew > MAX_SKEW) {
            throw StateReader.malformed("clock skew", "is not one that an acceptor can have");
        }
        return Duration.ofSeconds(skew);
    }

    private static void skipProfile(StateReader in) throws GSSException {
        MitMagic.PROFILE.decode(in, "profile");
        for (int files = in.int32("profile"); files != 0; files--) {
            // Ends with the token at the latest, however many it claims.
            MitMagic.counted(in, "profile's path");
        }
        MitMagic.PROFILE.decode(in, "profile");
    }

    private static void skipTypes(StateReader in) throws GSSException {
        for (int types = in.int32("library's encryption types"); types != 0; types--) {
            in.int32("library's encryption types");
        }
    }

    private static void skipNumbers(int count, StateReader in) throws GSSException {
        for (int i = 0; i < count; i++) {
            in.int32("library context");
        }
    }

    /** Looks for where an earlier layout goes on: one list more, and maybe three numbers more. */
    private static GSSException unknown(int secondList, StateReader in) {
        try {
            // What was taken for the skew and the numbers behind it began with the second list's length.
            int left = secondList - (NUMBERS - 1);
            for (int i = 0; i < left; i++) {
                in.int32("library's encryption types");
            }
            skipNumbers(NUMBERS - Math.max(0, -left), in);
            if (MitMagic.OS_CONTEXT.isNext(in)) {
                return earlier("1.18");
            }
            skipNumbers(NUMBERS_BEFORE_1_18 - NUMBERS, in);
            if (MitMagic.OS_CONTEXT.isNext(in)) {
                return earlier("1.13 to 1.17");
            }
            return StateReader.malformed("library context", "is of no known layout");
        } catch (GSSException e) {
            return e;
        }
    }

    /** Makes the exception for a token of an earlier layout. */
    static GSSException earlier(String versions) {
        return TransferFault.VERSION_UNKNOWN.exception(
                "MIT krb5 " + versions + " wrote it, and layouts before that of 1.19 are not read");
    }
}
