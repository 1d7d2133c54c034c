package dev.gssbaton.cli.worker;

import dev.gssbaton.cli.sample.Answers;
import java.nio.file.Path;
import java.util.List;

/**
 * How workers are started.
 *
 * @param count how many there are
 * @param jvmOptions options of their JVMs
 * @param stores keys, claims and purpose
 * @param answers what they answer
 */
public record WorkerSettings(int count, List<String> jvmOptions, Stores stores, Answers answers) {
    /** Copies the list. */
    public WorkerSettings {
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** The arguments in the order in which {@link WorkerMain} reads them. */
    List<String> arguments(Path socket, String speaker) {
        return List.of(socket.toString(), stores.argument(), stores.purpose(), answers.name(), speaker);
    }
}
