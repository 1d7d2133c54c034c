/**
 * The contracts of Baton's SPI as tests: whoever writes a mechanism, an exporter, a source of keys or a store of claims
 * extends one class for each.
 */
module dev.gssbaton.testkit {
    requires transitive dev.gssbaton;
    requires transitive org.junit.jupiter.api;
    requires jdk.management;

    exports dev.gssbaton.testkit;

    opens dev.gssbaton.testkit to
            org.junit.platform.commons;
}
