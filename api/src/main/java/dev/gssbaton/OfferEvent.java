package dev.gssbaton;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A context was offered to another process, or it was settled who has it. */
@Name("dev.gssbaton.Offer")
@Label("Context offer")
@Description("A context was offered to another process, or it was settled who has it.")
@Category("Baton")
@StackTrace(false)
final class OfferEvent extends Event {
    @Label("Token")
    @Description("First digits of the token's identity")
    String token;

    @Label("Step")
    @Description("What happened")
    String step;
}
