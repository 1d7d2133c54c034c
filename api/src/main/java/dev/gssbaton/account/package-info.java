/**
 * Places in the file system that belong to one account alone, for the packages of this module that keep something there.
 * Not exported.
 */
package dev.gssbaton.account;
