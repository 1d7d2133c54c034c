package dev.gssbaton.peers;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Ends processes that this JVM started, by their handles. */
final class Processes {
    private static final long LIMIT_SECONDS = 10;

    private Processes() {}

    /** Ends a process that ends when its input does, and waits until it has; by force if it takes too long. */
    static void endInput(Process process) {
        closeInput(process);
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                kill(process);
            }
        } catch (InterruptedException e) {
            kill(process);
            Thread.currentThread().interrupt();
        }
    }

    /** Ends a process and its descendants at once, and waits until it is gone. */
    static void kill(Process process) {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
        boolean interrupted = false;
        // Nothing outlives SIGKILL, so this ends.
        while (process.isAlive()) {
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        closeInput(process);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeInput(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The pipe is broken because the process has ended, which is what is wanted.
        }
    }
}
