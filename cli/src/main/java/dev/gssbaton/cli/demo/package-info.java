/**
 * {@code baton demo}: a KDC in this JVM, a dispatcher, its workers and the clients in JVMs of their own.
 *
 * <p>The clients are the JDK's own JGSS and know nothing of Baton. They and the dispatcher tell this JVM what happened in
 * lines of words ({@link dev.gssbaton.cli.demo.Report}), and it adds up.
 */
package dev.gssbaton.cli.demo;
