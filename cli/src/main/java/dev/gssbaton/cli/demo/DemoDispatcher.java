package dev.gssbaton.cli.demo;

import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.dispatch.Dispatcher;
import dev.gssbaton.cli.dispatch.Limits;
import dev.gssbaton.cli.dispatch.Listening;
import dev.gssbaton.cli.process.ChildJvm;
import dev.gssbaton.cli.process.Closing;
import dev.gssbaton.cli.process.PrivateFolder;
import dev.gssbaton.cli.process.Watchdog;
import dev.gssbaton.cli.sample.Answers;
import dev.gssbaton.cli.worker.Stores;
import dev.gssbaton.cli.worker.WorkerPool;
import dev.gssbaton.cli.worker.WorkerSettings;
import dev.gssbaton.krb5.credential.Krb5Credential;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.ietf.jgss.GSSCredential;

/** The demo's dispatcher process. It ends with its parent. */
public final class DemoDispatcher {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Limits LIMITS = new Limits(4096, PATIENCE);

    private static final Logger LOG = Logger.getLogger("dev.gssbaton");

    private DemoDispatcher() {}

    /** Runs the dispatcher: keytab, directory of keys and claims, number of workers. */
    public static void main(String[] arguments) throws Exception {
        LOG.setLevel(Level.OFF); // refusals are reported
        try (Closing closing = Closing.atExit()) {
            ChildJvm.endWithParent(closing::close);
            run(Path.of(arguments[0]), Path.of(arguments[1]), Integer.parseInt(arguments[2]), closing);
        } catch (Exception e) {
            Report.of(Report.Kind.NOTE, "the dispatcher failed: " + Complaint.of(e))
                    .tell();
            System.exit(1);
        }
    }

    private static void run(Path keytab, Path directory, int workers, Closing closing) throws Exception {
        Consumer<String> journal = text -> Report.of(Report.Kind.NOTE, text).tell();
        Stores stores = new Stores(directory, "baton demo");
        stores.prepare();
        GSSCredential credential = Krb5Credential.fromKeytab(keytab, Script.SERVICE);
        Listening listening = closing.add(Listening.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        Watchdog watchdog = closing.add(new Watchdog());
        PrivateFolder folder = closing.add(PrivateFolder.create());
        Dispatcher dispatcher =
                new Dispatcher(listening, stores.manager().build(), credential, journal, LIMITS, watchdog);
        WorkerSettings settings =
                new WorkerSettings(DemoWorker.class, workers, ChildJvm.QUICK_TO_START, stores, Answers.ECHO, PATIENCE);
        WorkerPool pool = WorkerPool.start(settings, folder.path(), journal, dispatcher, watchdog, closing);
        closing.add(dispatcher);
        Report.of(Report.Kind.LISTENING, listening.address().getPort(), pool.describe())
                .tell();
        dispatcher.run(new DemoHandOver(pool));
    }
}
