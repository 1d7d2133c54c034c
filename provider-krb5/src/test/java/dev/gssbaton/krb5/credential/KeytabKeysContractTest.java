package dev.gssbaton.krb5.credential;

import dev.gssbaton.testkit.KeySourceContract;
import dev.gssbaton.testkit.KeySourceFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts with the service's keytab, and one with another service's. */
class KeytabKeysContractTest extends KeySourceContract {
    private static final String NFS = "nfs/host.baton.test@BATON.TEST";
    private static final String HTTP = "HTTP/host.baton.test@BATON.TEST";

    @TempDir
    private Path folder;

    private KeytabKeys here;
    private KeytabKeys there;
    private KeytabKeys another;

    @Override
    protected KeySourceFixture fixture() throws Exception {
        byte[] keytab =
                KeytabWriter.version2().entry(NFS, 1, 20).entry(HTTP, 1, 20).bytes();
        here = open("here", keytab, NFS);
        there = open("there", keytab, NFS);
        // The same octets under another name are another key.
        another = open("another", keytab, HTTP);
        return new KeySourceFixture(here, there, another);
    }

    private KeytabKeys open(String name, byte[] keytab, String principal) throws Exception {
        return KeytabKeys.in(Files.write(folder.resolve(name), keytab), principal);
    }

    @AfterEach
    void close() throws GSSException {
        here.close();
        there.close();
        another.close();
    }
}
