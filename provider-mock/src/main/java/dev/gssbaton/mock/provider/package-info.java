/** The mechanism itself. Not exported: it is found as a service. */
package dev.gssbaton.mock.provider;
