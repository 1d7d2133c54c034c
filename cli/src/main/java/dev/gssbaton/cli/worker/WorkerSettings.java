package dev.gssbaton.cli.worker;

import dev.gssbaton.cli.sample.Answers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How workers are started.
 *
 * @param main their main class, which reads {@link #arguments}
 * @param count how many there are
 * @param jvmOptions options of their JVMs
 * @param stores keys, claims and purpose
 * @param answers what they answer
 * @param idle how long a conversation may stand still
 */
public record WorkerSettings(
        Class<?> main, int count, List<String> jvmOptions, Stores stores, Answers answers, Duration idle) {
    /** Copies the list. */
    public WorkerSettings {
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** The arguments in the order in which {@link WorkerMain} reads them. */
    List<String> arguments(Path socket, String speaker) {
        return List.of(
                socket.toString(), stores.argument(), stores.purpose(), answers.name(), idle.toString(), speaker);
    }
}
