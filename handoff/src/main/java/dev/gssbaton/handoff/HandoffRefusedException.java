package dev.gssbaton.handoff;

import java.io.IOException;

/** One end's policy does not allow the other; nothing was sent but that. */
public final class HandoffRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    HandoffRefusedException(String message) {
        super(message);
    }
}
