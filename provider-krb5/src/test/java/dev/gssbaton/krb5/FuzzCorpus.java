package dev.gssbaton.krb5;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The committed inputs of one fuzz target, under {@code src/test/resources/fuzz}. */
public final class FuzzCorpus {
    private FuzzCorpus() {}

    /** Gives the files of one target, in the order of their names; at least one. */
    public static List<Path> of(String target) throws IOException {
        URL folder = FuzzCorpus.class.getResource("/fuzz/" + target);
        if (folder == null) {
            throw new IllegalStateException("no corpus for " + target);
        }
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            List<Path> sorted = files.sorted().toList();
            if (sorted.isEmpty()) {
                throw new IllegalStateException("the corpus for " + target + " is empty");
            }
            return sorted;
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Tells what a file's name says must become of it. */
    public static boolean isAccepted(Path seed) {
        String name = seed.getFileName().toString();
        if (name.startsWith("accepted-")) {
            return true;
        }
        if (name.startsWith("refused-")) {
            return false;
        }
        throw new IllegalStateException(name + " says neither accepted nor refused");
    }

    /** Changes some octets, leaves some out, or doubles some. */
    public static byte[] mutate(byte[] original, Random random) {
        byte[] mutated = original.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && mutated.length > 0; i++) {
            int at = random.nextInt(mutated.length);
            switch (random.nextInt(5)) {
                case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutated[at] = (byte) random.nextInt(256);
                case 2 -> mutated = Arrays.copyOf(mutated, at);
                case 3 -> {
                    byte[] shorter = Arrays.copyOf(mutated, mutated.length - 1);
                    System.arraycopy(mutated, at + 1, shorter, at, shorter.length - at);
                    mutated = shorter;
                }
                default -> {
                    byte[] longer = Arrays.copyOf(mutated, mutated.length + 1);
                    System.arraycopy(mutated, at, longer, at + 1, mutated.length - at);
                    mutated = longer;
                }
            }
        }
        return mutated;
    }
}
