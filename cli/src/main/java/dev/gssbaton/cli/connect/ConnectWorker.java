package dev.gssbaton.cli.connect;

import dev.gssbaton.ImportOptions;
import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.sample.Talk;
import dev.gssbaton.cli.worker.Stores;
import dev.gssbaton.cli.worker.Worker;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.ietf.jgss.GSSException;

/**
 * The process that goes on with an initiator's conversation. It says {@code answered N} of each answer it has verified, and
 * {@code through} at the end.
 */
public final class ConnectWorker {
    static final String ANSWERED = "answered ";
    static final String THROUGH = "through";

    private ConnectWorker() {}

    /** The arguments in the order in which {@link #main} reads them. */
    static List<String> arguments(
            Path socket, Stores stores, int messages, int ahead, Set<Talk.Protection> protections) {
        return List.of(
                socket.toString(),
                stores.argument(),
                stores.purpose(),
                String.valueOf(messages),
                String.valueOf(ahead),
                protections.stream().map(Enum::name).collect(Collectors.joining(" ")));
    }

    /** Runs the worker: socket, directory, purpose, number of messages, how many ahead, their protections. */
    public static void main(String[] arguments) throws InterruptedException {
        Stores stores = Stores.of(arguments[1], arguments[2]);
        int messages = Integer.parseInt(arguments[3]);
        int ahead = Integer.parseInt(arguments[4]);
        Set<Talk.Protection> protections = EnumSet.noneOf(Talk.Protection.class);
        Arrays.stream(arguments[5].split(" "))
                .filter(word -> !word.isEmpty())
                .map(Talk.Protection::valueOf)
                .forEach(protections::add);
        Worker.run(Path.of(arguments[0]), stores, ImportOptions.Role.INITIATOR, "the other process", taken -> {
            try (SocketChannel server = taken.socket()) {
                Progress progress = Progress.decode(taken.note());
                Talk talk = new Talk(
                        taken.context(),
                        server,
                        protections,
                        ahead,
                        progress.sent(),
                        progress.answered(),
                        number -> System.out.println(ANSWERED + number));
                talk.sendUpTo(messages);
                talk.end();
            } catch (GSSException | IOException e) {
                System.out.println("conversation ended: " + Complaint.of(e));
            } finally {
                taken.context().dispose();
                System.out.println(THROUGH);
            }
        });
    }
}
