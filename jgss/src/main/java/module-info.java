/**
 * Puts the JDK's GSS-API on Baton's mechanisms, and offers the exporters of contexts on the path, as services of a
 * {@link java.security.Provider}.
 */
module dev.gssbaton.jgss {
    requires transitive dev.gssbaton;
    requires java.security.jgss;
    requires transitive java.security.sasl;
    requires static java.instrument;

    exports dev.gssbaton.jgss;

    uses dev.gssbaton.spi.ContextExporter;
    uses dev.gssbaton.spi.Mechanism;

    provides java.security.Provider with
            dev.gssbaton.jgss.BatonProvider;
}
