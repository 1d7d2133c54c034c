package dev.gssbaton.jgss;

import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.peers.Frames;
import java.nio.file.Path;
import java.util.List;

/** The programs of the other tests in a JVM in which Baton is registered, and finds nothing exported to it. */
final class WithoutExport {
    private WithoutExport() {}

    public static void main(String[] args) throws Exception {
        for (String qop : List.of("auth", "auth-int", "auth-conf")) {
            new SaslTest().authenticatesAndProtectsMessages(Side.BATON, Side.BATON, qop);
        }
        new SaslTest().garbageIsTheSameErrorAsTheJdks();
        new HttpTest().theJdksClients(Side.BATON);
        new HttpTest().garbageGetsTheJdksAnswerAndTheServerGoesOn();
        new ZooKeeperTest().authenticates(Side.BATON, Path.of(args[0]));
        Frames.toParent().println("all passed");
    }
}
