package dev.gssbaton.cli.worker;

/**
 * What became of an offer.
 *
 * @param worker the worker's number, from 1
 * @param reply what it replied
 * @param connection the connection to it, which the caller closes; null if it refused
 */
public record Outcome(int worker, Reply reply, WorkerConnection connection) {
    /** Tells whether the worker has the context now. */
    public boolean taken() {
        return connection != null;
    }
}
