package dev.gssbaton.krb5.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.credential.AcceptorOptions.Announcement;
import dev.gssbaton.krb5.credential.AcceptorOptions.Relaxation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Krb5ConfTest {
    private static final String WEAK = "baton.krb5.allow_weak_crypto";
    private static final String SUBKEY = "sun.security.krb5.acceptor.subkey";
    private static final String CONFIGURATION = "java.security.krb5.conf";
    private static final Set<Integer> STRONG = Set.of(17, 18, 19, 20, 25, 26);
    private static final Set<Integer> ALL = Set.of(17, 18, 19, 20, 23, 25, 26);

    private final Map<Object, Object> before = Map.copyOf(System.getProperties());

    @AfterEach
    void restore() {
        Properties restored = new Properties();
        restored.putAll(before);
        System.setProperties(restored);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[libdefaults]\nallow_weak_crypto = true",
                "# a comment\n\n [libdefaults]\n\tallow_weak_crypto=yes\r\n",
                "[realms]\n R = {\n  kdc = k\n }\n[libdefaults]\n default_realm = R\n allow_weak_crypto = TRUE",
                "[libdefaults]\n a = {\n b = c\n }\n allow_weak_crypto = 1\n allow_weak_crypto = false",
            })
    void krb5_conf_allows_it(String text, @TempDir Path folder) throws IOException {
        configure(text, folder);
        assertEquals(ALL, permitted());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "allow_weak_crypto = true",
                "[libdefaults]\nallow_weak_crypto = false\nallow_weak_crypto = true",
                "[libdefaults]\n#allow_weak_crypto = true\n; allow_weak_crypto = true",
                "[libdefaults]\nallow_weak_crypto =",
                "[libdefaults]\nallow_weak_crypto = perhaps",
                "[libdefaults]\nallow_weak_crypto_of_others = true\nallow_rc4 = true",
                "[libdefaults]\n R = {\n allow_weak_crypto = true\n }",
                "[libdefaults]\n[appdefaults]\nallow_weak_crypto = true",
            })
    void krb5_conf_does_not_allow_it(String text, @TempDir Path folder) throws IOException {
        configure(text, folder);
        assertEquals(STRONG, permitted());
    }

    @Test
    void the_property_goes_before_krb5_conf(@TempDir Path folder) throws IOException {
        configure("[libdefaults]\nallow_weak_crypto = true", folder);
        System.setProperty(WEAK, "false");
        assertEquals(STRONG, permitted());
        configure("[libdefaults]\nallow_weak_crypto = false", folder);
        System.setProperty(WEAK, "true");
        assertEquals(ALL, permitted());
        System.setProperty(WEAK, "");
        assertEquals(STRONG, permitted());
    }

    @Test
    void a_file_that_is_not_there_allows_nothing(@TempDir Path folder) {
        System.setProperty(CONFIGURATION, folder.resolve("none").toString());
        assertEquals(STRONG, permitted());
        System.setProperty(CONFIGURATION, folder.toString());
        assertEquals(STRONG, permitted());
    }

    @Test
    void krb5_conf_limits_the_types(@TempDir Path folder) throws IOException {
        configure("[libdefaults]\npermitted_enctypes = aes256-cts,AES128-SHA2  rc4-hmac unheard-of", folder);
        assertEquals(Set.of(18, 19), permitted());
        System.setProperty(WEAK, "true");
        assertEquals(Set.of(18, 19, 23), permitted());
        configure("[libdefaults]\npermitted_enctypes = des-cbc-md5", folder);
        assertThrows(IllegalArgumentException.class, AcceptorOptions::configured);
    }

    @Test
    void krb5_conf_sets_the_clock_skew(@TempDir Path folder) throws IOException {
        configure("[libdefaults]\nclockskew = 60", folder);
        assertEquals(Duration.ofMinutes(1), AcceptorOptions.configured().clockSkew());
        for (String wrong : List.of("", "soon", "-1", "86401", "999999")) {
            configure("[libdefaults]\nclockskew = " + wrong, folder);
            assertEquals(Duration.ofMinutes(5), AcceptorOptions.configured().clockSkew(), wrong);
        }
    }

    @Test
    void a_property_of_the_jdk_leaves_the_subkey_out(@TempDir Path folder) throws IOException {
        configure("", folder);
        assertFalse(AcceptorOptions.configured().allows(Relaxation.NO_ACCEPTOR_SUBKEY));
        System.setProperty(SUBKEY, "true");
        assertFalse(AcceptorOptions.configured().allows(Relaxation.NO_ACCEPTOR_SUBKEY));
        System.setProperty(SUBKEY, "false");
        assertTrue(AcceptorOptions.configured().allows(Relaxation.NO_ACCEPTOR_SUBKEY));
    }

    @Test
    void each_setting_is_for_itself(@TempDir Path folder) throws IOException {
        String property = "baton.krb5.client_aware_channel_bindings";
        configure("[libdefaults]\nclient_aware_channel_bindings = true", folder);
        assertEquals(STRONG, permitted());
        assertTrue(AcceptorOptions.configured().announces(Announcement.CHANNEL_BINDINGS));
        System.setProperty(property, "false");
        assertFalse(AcceptorOptions.configured().announces(Announcement.CHANNEL_BINDINGS));
        configure("[libdefaults]\nallow_weak_crypto = true", folder);
        System.setProperty(property, "true");
        assertEquals(ALL, permitted());
        assertTrue(AcceptorOptions.configured().announces(Announcement.CHANNEL_BINDINGS));
    }

    private static void configure(String text, Path folder) throws IOException {
        Path file = folder.resolve("krb5.conf");
        Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
        System.setProperty(CONFIGURATION, file.toString());
    }

    private static Set<Integer> permitted() {
        return AcceptorOptions.configured().permittedEncryptionTypes();
    }
}
