/** {@code baton keys}: the account's keys. */
package dev.gssbaton.cli.keys;
