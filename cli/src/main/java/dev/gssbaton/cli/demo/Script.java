package dev.gssbaton.cli.demo;

/** What clients and dispatcher of the demo have agreed on. */
final class Script {
    /** Messages that the dispatcher answers. */
    static final int BEFORE_MOVE = 4;
    /** Messages that a client sends without waiting for answers: those beyond the first few arrive during the move. */
    static final int AT_ONCE = 12;
    /** All messages of a client; the last ones wait for each answer. */
    static final int MESSAGES = 20;
    /** The client whose token expires before it is offered, so that its context is lost on purpose. */
    static final String LATE = "late";

    static final String SERVICE = "host/localhost@" + DemoKdc.REALM;

    private Script() {}

    static String client(int number) {
        return "client" + number;
    }

    static String principal(String name) {
        return name + "@" + DemoKdc.REALM;
    }

    static String nameOf(String principal) {
        return principal.replaceFirst("@.*", "");
    }

    static String message(String client, int number) {
        return "message " + number + " of " + client;
    }
}
