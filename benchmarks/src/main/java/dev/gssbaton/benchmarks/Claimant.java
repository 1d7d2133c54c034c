package dev.gssbaton.benchmarks;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.PublicId;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Who claims, one for each thread, and what nobody has claimed before. */
@State(Scope.Thread)
public class Claimant {
    private static final int ID_SIZE = 24;

    private final SplittableRandom random = new SplittableRandom(System.nanoTime());
    private final byte[] octets = new byte[ID_SIZE];
    private final PublicId id = new PublicId(random.nextLong(), random.nextLong());

    PublicId id() {
        return id;
    }

    ClaimId next() {
        ByteBuffer.wrap(octets).putLong(random.nextLong()).putLong(random.nextLong());
        return ClaimId.of(octets);
    }
}
