/**
 * Exports and imports established security contexts under the types of {@code org.ietf.jgss}.
 *
 * <p>{@link dev.gssbaton.BatonManager} is a {@code GSSManager} and {@link dev.gssbaton.BatonContext} a
 * {@code GSSContext}: an acceptor or initiator made by the first can be exported by the second, and the token imported
 * by a manager in another process. What the RFCs demand of an export is enforced here, for every mechanism alike; a
 * mechanism only turns its state into octets and back.
 */
package dev.gssbaton;
