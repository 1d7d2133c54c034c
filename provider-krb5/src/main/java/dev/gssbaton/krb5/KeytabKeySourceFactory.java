package dev.gssbaton.krb5;

import com.google.auto.service.AutoService;
import dev.gssbaton.krb5.credential.KeytabKeys;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.KeySourceFactory;
import java.nio.file.Path;
import org.ietf.jgss.GSSException;

/** {@code keytab:FILE PRINCIPAL}: {@link KeytabKeys} with the default settle time. */
@AutoService(KeySourceFactory.class)
public final class KeytabKeySourceFactory implements KeySourceFactory {
    /** For the service loader. */
    public KeytabKeySourceFactory() {}

    @Override
    public String kind() {
        return "keytab";
    }

    @Override
    public KeySource open(String specification) throws GSSException {
        int space = specification.lastIndexOf(' ');
        if (space < 0) {
            throw new IllegalArgumentException(
                    "keytab keys are named keytab:FILE PRINCIPAL, as keytab:/etc/krb5.keytab nfs/host.example@EXAMPLE");
        }
        Path file = Path.of(specification.substring(0, space).strip());
        return KeytabKeys.in(file, specification.substring(space + 1));
    }
}
