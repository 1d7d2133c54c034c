package dev.gssbaton.benchmarks;

import dev.gssbaton.krb5.message.Principal;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * What a C library finds in its environment: krb5.conf, a credential cache with a service ticket for each encryption type,
 * and the keytab of the services. And a launcher that starts a JVM in that environment, since JMH has no word for it.
 */
final class NativeCredentials {
    private static final int CACHE_VERSION = 0x0504;
    private static final int KEYTAB_VERSION = 0x0502;

    private NativeCredentials() {}

    /**
     * Writes the files.
     *
     * @param folder where they go
     * @param enctypes names of the encryption types
     * @param java the launcher of the JDK that is to run
     * @return a launcher for it
     */
    static Path write(Path folder, List<String> enctypes, String java) throws IOException {
        List<Krb5Realm> realms = enctypes.stream().map(Krb5Realm::new).toList();
        write(folder.resolve("ccache"), cache(realms));
        write(folder.resolve("keytab"), keytab(realms));
        Path launcher = Files.writeString(
                folder.resolve("java"), """
                #!/bin/sh
                KRB5_CONFIG='%1$s' KRB5CCNAME='FILE:%2$s/ccache' KRB5_KTNAME='FILE:%2$s/keytab' KRB5RCACHEDIR='%2$s'
                export KRB5_CONFIG KRB5CCNAME KRB5_KTNAME KRB5RCACHEDIR
                exec '%3$s' -Djava.security.krb5.conf='%1$s' "$@"
                """.formatted(Krb5Realm.writeConfiguration(folder), folder, java));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        return launcher;
    }

    /** Heimdal reads no cache that others could read. */
    private static void write(Path file, byte[] octets) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, octets);
    }

    /** MIT's file format: version, no header fields, the client, then one record for each ticket. */
    private static byte[] cache(List<Krb5Realm> realms) throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(octets);
        out.writeShort(CACHE_VERSION);
        out.writeShort(0);
        principal(out, Krb5Realm.CLIENT);
        for (Krb5Realm realm : realms) {
            ticket(out, realm);
        }
        return octets.toByteArray();
    }

    private static void ticket(DataOutputStream out, Krb5Realm realm) throws IOException {
        principal(out, Krb5Realm.CLIENT);
        principal(out, realm.service());
        out.writeShort(realm.type().number());
        realm.sessionKey().<Void, IOException>lend(key -> {
            out.writeInt(key.length);
            out.write(key);
            return null;
        });
        int start = (int) realm.start().getEpochSecond();
        out.writeInt(start);
        out.writeInt(start);
        out.writeInt((int) realm.end().getEpochSecond());
        out.writeInt(0); // not renewable
        out.writeByte(0); // no user-to-user key
        out.writeInt(0); // flags
        out.writeInt(0); // addresses
        out.writeInt(0); // authorization data
        byte[] ticket = realm.ticket();
        out.writeInt(ticket.length);
        out.write(ticket);
        out.writeInt(0); // second ticket
    }

    private static void principal(DataOutputStream out, Principal principal) throws IOException {
        out.writeInt(principal.name().nameType());
        out.writeInt(principal.name().nameString().size());
        string(out, principal.realm());
        for (String component : principal.name().nameString()) {
            string(out, component);
        }
    }

    private static void string(DataOutputStream out, String string) throws IOException {
        byte[] octets = string.getBytes(StandardCharsets.UTF_8);
        out.writeInt(octets.length);
        out.write(octets);
    }

    private static byte[] keytab(List<Krb5Realm> realms) throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(octets);
        out.writeShort(KEYTAB_VERSION);
        for (Krb5Realm realm : realms) {
            ByteArrayOutputStream entry = new ByteArrayOutputStream();
            keytabEntry(new DataOutputStream(entry), realm);
            out.writeInt(entry.size());
            entry.writeTo(out);
        }
        return octets.toByteArray();
    }

    private static void keytabEntry(DataOutputStream out, Krb5Realm realm) throws IOException {
        List<String> components = realm.service().name().nameString();
        out.writeShort(components.size());
        out.writeUTF(realm.service().realm());
        for (String component : components) {
            out.writeUTF(component);
        }
        out.writeInt(realm.service().name().nameType());
        out.writeInt((int) realm.start().getEpochSecond());
        out.writeByte(Krb5Realm.KVNO);
        out.writeShort(realm.type().number());
        realm.serviceKey().<Void, IOException>lend(key -> {
            out.writeShort(key.length);
            out.write(key);
            return null;
        });
    }
}
