/** The Kerberos v5 mechanism in pure Java. */
package dev.gssbaton.krb5;
