/**
 * Exports and imports established GSS-API security contexts: what an application calls.
 */
@SuppressWarnings("module") // The module that one package is exported to is compiled later.
module dev.gssbaton {
    requires transitive dev.gssbaton.spi;
    requires jdk.jfr;

    exports dev.gssbaton;
    exports dev.gssbaton.account to
            dev.gssbaton.handoff;
    exports dev.gssbaton.claim;
    exports dev.gssbaton.seal;

    uses dev.gssbaton.spi.ClaimStoreFactory;
    uses dev.gssbaton.spi.ContextExporter;
    uses dev.gssbaton.spi.KeySourceFactory;
    uses dev.gssbaton.spi.Mechanism;
}
