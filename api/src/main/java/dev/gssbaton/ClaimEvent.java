package dev.gssbaton;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A claim store answered. */
@Name("dev.gssbaton.Claim")
@Label("Token claim")
@Description("A claim store answered.")
@Category("Baton")
@StackTrace(false)
final class ClaimEvent extends Event {
    @Label("Token")
    @Description("First digits of the token's identity")
    String token;

    @Label("Scope")
    @Description("Where the token is taken once")
    String scope;

    @Label("Outcome")
    @Description("WON or LOST or UNKNOWN")
    String outcome;
}
