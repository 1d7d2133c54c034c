package dev.gssbaton.jgss;

import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.peers.Frames;
import dev.gssbaton.peers.NativePeer;
import java.nio.file.Path;
import java.util.List;

/** The programs of the other tests in a JVM in which Baton is registered, and finds nothing exported to it. */
final class WithoutExport {
    private WithoutExport() {}

    public static void main(String[] args) throws Exception {
        for (String qop : List.of("auth", "auth-int", "auth-conf")) {
            new SaslTest().authenticatesAndProtectsMessages(Side.BATON, Side.BATON, qop);
        }
        new SaslTest().badTokensAreTheJdksErrorsAndTheServerGoesOn();
        new SaslTest().badChallengesAreTheJdksErrors();
        new SaslTest().badMessagesAreTheJdksErrorsAndTheConnectionGoesOn();
        new HttpTest().theJdksClients(Side.BATON);
        new HttpTest().garbageGetsTheJdksAnswerAndTheServerGoesOn();
        Path folder = Path.of(args[0]);
        if (NativePeer.MIT.missing().isEmpty()) {
            HttpTest.curl(Side.BATON, folder);
        }
        new ZooKeeperTest().authenticates(Side.BATON, folder.resolve("one"));
        new ZooKeeperTest().badTokensGetTheJdksAnswersAndTheServerGoesOn(folder.resolve("other"));
        new PostgresDriverTest().badAnswersAreTheJdksErrors();
        Frames.toParent().println("all passed");
    }
}
