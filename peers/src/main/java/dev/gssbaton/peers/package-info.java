/**
 * Real peers for the tests of all modules: private KDCs, JVMs and programs that know nothing of Baton. Not published.
 *
 * <table>
 * <caption>What to take for what</caption>
 * <tr><td>{@link dev.gssbaton.peers.EmbeddedKdc}</td><td>a KDC on any machine, encryption types 17 and 18</td></tr>
 * <tr><td>{@link dev.gssbaton.peers.MitKdc}</td><td>a KDC for all encryption types, per account; delegation</td></tr>
 * <tr><td>{@link dev.gssbaton.peers.Login}</td><td>a Subject with a ticket or a keytab, in this JVM</td></tr>
 * <tr><td>{@link dev.gssbaton.peers.JgssPeer}</td><td>contexts in another JVM: the JDK's, MIT's or Heimdal's</td></tr>
 * <tr><td>{@link dev.gssbaton.peers.PeerContext}</td><td>one end of a context, here or there</td></tr>
 * <tr><td>{@link dev.gssbaton.peers.ForkedJvm}</td><td>a main class of the test's own in another JVM</td></tr>
 * <tr><td>{@link dev.gssbaton.peers.GssSample}</td><td>MIT's {@code gss-client} and {@code gss-server}</td></tr>
 * <tr><td>{@link dev.gssbaton.peers.GssSampleClient}</td><td>the same protocol with any initiator, messages in
 *     flight</td></tr>
 * <tr><td>{@link dev.gssbaton.peers.Requires}</td><td>skips a test where a native peer is not installed</td></tr>
 * <tr><td>{@link dev.gssbaton.peers.Scale}</td><td>the factor on large numbers</td></tr>
 * </table>
 *
 * <p>Everything listens on 127.0.0.1 on free ports. KDCs got with {@code shared()} are started on first use, once per
 * test JVM, and end with it; so does all else that is not closed before. Files are in private temporary folders, which
 * are deleted. A test JVM that is killed leaves files behind, but no processes.
 *
 * <p>This module depends on none of Baton's, so that the tests of each can use it.
 */
package dev.gssbaton.peers;
