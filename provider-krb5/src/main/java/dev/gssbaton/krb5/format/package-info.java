/**
 * The formats in which a krb5 context's state is exported: one class for each, whose octet table is its documentation.
 *
 * <p>{@code baton} is the mechanism's own and always sealed; {@code mit}, {@code heimdal-7} and {@code heimdal-8} are those of C libraries, which
 * are never sealed and are read although nothing vouches for them. An exporter turns a context into a format and back; nothing
 * else of the mechanism knows formats.
 */
package dev.gssbaton.krb5.format;
