package dev.gssbaton.cli.connect;

import dev.gssbaton.ImportOptions;
import dev.gssbaton.cli.sample.Talk;
import dev.gssbaton.cli.worker.Stores;
import dev.gssbaton.cli.worker.Worker;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The process that goes on with an initiator's conversation. It says {@code answered N} of each answer it has verified. */
public final class ConnectWorker {
    static final String ANSWERED = "answered ";

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
        Worker.run(
                Path.of(arguments[0]), stores, ImportOptions.Role.INITIATOR, "the other process", (context, server) -> {
                    Progress progress = Progress.read(server);
                    Talk talk = new Talk(
                            context,
                            server,
                            protections,
                            ahead,
                            progress.sent(),
                            progress.answered(),
                            number -> System.out.println(ANSWERED + number));
                    talk.sendUpTo(messages);
                    talk.end();
                });
    }
}
