package dev.gssbaton.peers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Joins keytab files: 0..1 version 05 02 | 2.. entries, each with its length. */
final class Keytabs {
    private static final int VERSION_SIZE = 2;

    private Keytabs() {}

    static Path join(Path joined, Account... accounts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(5);
        bytes.write(2);
        try {
            for (Account account : accounts) {
                byte[] keytab = Files.readAllBytes(account.keytab());
                bytes.write(keytab, VERSION_SIZE, keytab.length - VERSION_SIZE);
            }
            return Files.write(joined, bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + joined, e);
        }
    }
}
