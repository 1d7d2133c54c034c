/** Hands established contexts, with their sockets, from one process of a host to another. */
module dev.gssbaton.handoff {
    requires transitive dev.gssbaton;
    requires org.newsclub.net.unix;
    requires com.kohlschutter.junixsocket.nativecommon;

    exports dev.gssbaton.handoff;
}
