package dev.gssbaton.benchmarks;

/** The settings of all benchmarks. JMH's command line overrides them: {@code -f}, {@code -wi}, {@code -i}, {@code -r}. */
final class Settings {
    static final int FORKS = 3;
    static final int WARM_UP = 5;
    static final int ITERATIONS = 5;
    static final int SECONDS = 1;

    /** One size, so that the heap does not grow while it is measured; a claim of this process is kept for an hour. */
    static final String HEAP_FROM = "-Xms2g";

    static final String HEAP_TO = "-Xmx2g";

    /** So that the system does not hand out the heap page by page while it is measured. */
    static final String TOUCHED = "-XX:+AlwaysPreTouch";

    /** Contexts that are exported, or tokens that are imported, in one go. */
    static final int BATCH = 256;

    /** The JDK's bridge to a C library, which finds credentials in its environment. */
    static final String NATIVE_BRIDGE = "-Dsun.security.jgss.native=true";

    static final String ITS_OWN_CREDENTIALS = "-Djavax.security.auth.useSubjectCredsOnly=false";
    /** What Baton needs to be under the JDK's GSS-API. */
    static final String UNDER_JGSS = "--add-exports=java.security.jgss/sun.security.jgss.spi=ALL-UNNAMED";

    static final String MIT = "-Dsun.security.jgss.lib=libgssapi_krb5.so.2";
    static final String HEIMDAL = "-Dsun.security.jgss.lib=libgssapi.so.3";

    private Settings() {}
}
