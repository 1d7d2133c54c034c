/** The Kerberos v5 mechanism in pure Java. Applications see its credentials alone. */
@SuppressWarnings("module") // a version of the protocol ends the name
module dev.gssbaton.krb5 {
    requires transitive dev.gssbaton.spi;
    requires org.bouncycastle.provider;
    requires static com.google.auto.service;

    exports dev.gssbaton.krb5.credential;

    provides dev.gssbaton.spi.Mechanism with
            dev.gssbaton.krb5.Krb5Mechanism;
    provides dev.gssbaton.spi.KeySourceFactory with
            dev.gssbaton.krb5.KeytabKeySourceFactory;
    provides dev.gssbaton.spi.ContextExporter with
            dev.gssbaton.krb5.format.KrbContextExporter,
            dev.gssbaton.krb5.format.MitContextExporter,
            dev.gssbaton.krb5.format.Heimdal7ContextExporter,
            dev.gssbaton.krb5.format.Heimdal8ContextExporter;
}
