package dev.gssbaton;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A context was exported and ended here. */
@Name("dev.gssbaton.Export")
@Label("Context export")
@Description("A context was exported and ended here.")
@Category("Baton")
@StackTrace(false)
final class ExportEvent extends Event {
    @Label("Token")
    @Description("First digits of the token's identity")
    String token;

    @Label("Mechanism")
    @Description("Object identifier")
    String mechanism;

    @Label("Format")
    @Description("Format of the state")
    String format;

    @Label("Size")
    @Description("Octets of the token")
    int size;
}
