/**
 * Offers the exporters of contexts on the path as services of a {@link java.security.Provider}.
 */
module dev.gssbaton.jgss {
    requires dev.gssbaton.spi;

    exports dev.gssbaton.jgss;

    uses dev.gssbaton.spi.ContextExporter;
    uses dev.gssbaton.spi.Mechanism;

    provides java.security.Provider with
            dev.gssbaton.jgss.BatonProvider;
}
