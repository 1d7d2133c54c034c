/**
 * What the mechanism asks of a {@link dev.gssbaton.krb5.credential.Krb5Credential}: an acceptor's keys, an initiator's
 * tickets; and what goes with tickets: the replay cache and the delegated ticket.
 *
 * <p>The credential is published, these types are not: {@code Krb5Credential.unwrap} gives them to the mechanism. Keys
 * stay inside: an acceptor hands in a ticket and gets it opened.
 */
package dev.gssbaton.krb5.ticket;
