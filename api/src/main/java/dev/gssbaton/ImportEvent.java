package dev.gssbaton;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A token was taken and its context is live here. */
@Name("dev.gssbaton.Import")
@Label("Context import")
@Description("A token was taken and its context is live here.")
@Category("Baton")
@StackTrace(false)
final class ImportEvent extends Event {
    @Label("Token")
    @Description("First digits of the token's identity")
    String token;

    @Label("Mechanism")
    @Description("Object identifier")
    String mechanism;

    @Label("Scope")
    @Description("Where the token is taken once")
    String scope;
}
