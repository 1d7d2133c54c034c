package dev.gssbaton;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** An export or an import was refused, or a context could not be taken back. */
@Name("dev.gssbaton.Refusal")
@Label("Transfer refusal")
@Description("An export or an import was refused, or a context could not be taken back.")
@Category("Baton")
@StackTrace(false)
final class RefusalEvent extends Event {
    @Label("Operation")
    @Description("export or import or taking back")
    String operation;

    @Label("Token")
    @Description("First digits of the token's identity or null")
    String token;

    @Label("Fault")
    @Description("Name of the TransferFault or null for another refusal")
    String fault;

    @Label("Reason")
    @Description("The fault and what is particular to it")
    String reason;
}
