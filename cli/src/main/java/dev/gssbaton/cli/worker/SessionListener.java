package dev.gssbaton.cli.worker;

/** Told of the sessions that workers have. May be told by any thread. */
public interface SessionListener {
    /** A worker has a session that another process gave it. */
    void adopted(SessionNote session);

    /** A session that a worker had was given to another process. */
    void moved(SessionNote session);

    /**
     * A session that a worker had is no more.
     *
     * @param why what people should know of it; empty if the client ended it as it should
     */
    void ended(SessionNote session, String why);
}
