/** The dispatcher: establishes contexts with clients and hands them over, each with its connection. */
package dev.gssbaton.cli.dispatch;
