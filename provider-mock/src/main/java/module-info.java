/** The smallest complete mechanism: its object identifier for its users, everything else behind the services. */
module dev.gssbaton.mock {
    requires transitive dev.gssbaton.spi;
    requires static com.google.auto.service;

    exports dev.gssbaton.mock;

    provides dev.gssbaton.spi.Mechanism with
            dev.gssbaton.mock.provider.MockMechanism;
    provides dev.gssbaton.spi.ContextExporter with
            dev.gssbaton.mock.provider.MockContextExporter;
}
