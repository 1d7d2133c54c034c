/**
 * Places in the file system that belong to one account alone, for the packages of this module that keep something there, and
 * for the sockets of hand-overs. Exported to {@code dev.gssbaton.handoff} alone.
 */
package dev.gssbaton.account;
