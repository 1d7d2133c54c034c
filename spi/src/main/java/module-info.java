/**
 * What a GSS-API mechanism, an exporter of its contexts, a source of sealing keys or a store of claims implements
 * to take part in Baton.
 */
module dev.gssbaton.spi {
    requires transitive java.security.jgss;
    requires transitive jdk.security.jgss;

    exports dev.gssbaton.spi;
}
