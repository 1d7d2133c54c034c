package dev.gssbaton.cli.demo;

import dev.gssbaton.spi.TransferFault;

/** What is tried and must be refused, with the refusals that are right. */
enum Trial {
    USE_AFTER_EXPORT("use in the dispatcher after the export"),
    FLIPPED_BIT("import with one flipped bit, anywhere"),
    AT_ONCE("import by a second worker at the same moment"),
    AFTERWARDS("import by another worker afterwards"),
    EXPIRED("import of an expired token");

    /** What became of a trial. */
    enum Outcome {
        REFUSED,
        /** Refused, but for another reason than it should have been. */
        REFUSED_OTHERWISE,
        NOT_REFUSED
    }

    private final String text;

    Trial(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    boolean isRight(TransferFault fault) {
        return switch (this) {
            case USE_AFTER_EXPORT -> fault == TransferFault.EXPORTED;
            case FLIPPED_BIT ->
                switch (fault) {
                    case MAGIC_UNKNOWN, VERSION_UNKNOWN, SEALING_UNKNOWN, KEY_NOT_HELD, STORE_FOREIGN, SEAL_BROKEN ->
                        true;
                    default -> false;
                };
            case AT_ONCE, AFTERWARDS -> fault == TransferFault.ALREADY_TAKEN;
            case EXPIRED -> fault == TransferFault.TOKEN_EXPIRED;
        };
    }
}
