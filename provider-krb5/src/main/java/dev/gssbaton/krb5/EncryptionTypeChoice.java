package dev.gssbaton.krb5;

import dev.gssbaton.krb5.credential.AcceptorOptions;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.EtypeList;
import java.util.ArrayList;
import java.util.List;

/**
 * Negotiates the encryption type that protects messages
 * (<a href="https://www.rfc-editor.org/rfc/rfc4537#section-3">RFC 4537 section 3</a>): the KDC knows less of both sides than
 * they do.
 */
final class EncryptionTypeChoice {
    /** Types whose tokens are those of RFC 4121, which say what key they are under. No other is ever negotiated. */
    private static final List<EncryptionType> STRONGEST_FIRST = List.of(
            EncryptionType.AES256_CTS_HMAC_SHA384_192,
            EncryptionType.AES256_CTS_HMAC_SHA1_96,
            EncryptionType.CAMELLIA256_CTS_CMAC,
            EncryptionType.AES128_CTS_HMAC_SHA256_128,
            EncryptionType.AES128_CTS_HMAC_SHA1_96,
            EncryptionType.CAMELLIA128_CTS_CMAC);

    private EncryptionTypeChoice() {}

    /**
     * Lists what an initiator offers.
     *
     * @param options what it permits and prefers
     * @param given the type of its subkey, which is the session key's
     * @return what it prefers to the type that is given, and that one at the end; empty if it prefers nothing
     */
    static List<Integer> offer(AcceptorOptions options, EncryptionType given) {
        List<Integer> offered = preferred(options, given);
        if (!offered.isEmpty()) {
            offered.add(given.number());
        }
        return offered;
    }

    /**
     * Chooses the type of an acceptor's subkey.
     *
     * @param options what the acceptor permits and prefers
     * @param offered what the initiator offers
     * @param given the type of the initiator's subkey, or else of the session key
     * @return what the acceptor likes best of what is offered; the type that is given if it likes none of it better
     */
    static EncryptionType choose(AcceptorOptions options, EtypeList offered, EncryptionType given) {
        return preferred(options, given).stream()
                .filter(offered.etypes()::contains)
                .findFirst()
                .flatMap(EncryptionType::of)
                .orElse(given);
    }

    private static List<Integer> preferred(AcceptorOptions options, EncryptionType given) {
        List<Integer> order = options.preferredEncryptionTypes();
        if (order.isEmpty() && !STRONGEST_FIRST.contains(given)) {
            order = STRONGEST_FIRST.stream().map(EncryptionType::number).toList();
        }
        List<Integer> preferred = new ArrayList<>();
        for (int number : order) {
            if (number == given.number()) {
                break;
            }
            boolean negotiable =
                    EncryptionType.of(number).filter(STRONGEST_FIRST::contains).isPresent();
            if (negotiable && options.permittedEncryptionTypes().contains(number)) {
                preferred.add(number);
            }
        }
        return preferred;
    }
}
