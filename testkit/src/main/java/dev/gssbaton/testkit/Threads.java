package dev.gssbaton.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.function.Executable;

/** Several threads that begin at one moment. */
final class Threads {
    private static final int MINUTES = 2;

    private Threads() {}

    /** Runs some tasks at once, and fails as the first of them fails. */
    static void together(Executable... tasks) throws Exception {
        List<Callable<Void>> calls = new ArrayList<>();
        for (Executable task : tasks) {
            calls.add(() -> {
                try {
                    task.execute();
                    return null;
                } catch (Exception | Error e) {
                    throw e;
                } catch (Throwable e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        answers(calls);
    }

    /** Calls all at once, and gives their answers in order. */
    static <T> List<T> answers(List<Callable<T>> calls) throws Exception {
        CyclicBarrier start = new CyclicBarrier(calls.size());
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            List<Future<T>> running = new ArrayList<>();
            for (Callable<T> call : calls) {
                running.add(threads.submit(() -> {
                    start.await(MINUTES, TimeUnit.MINUTES);
                    return call.call();
                }));
            }
            List<T> answers = new ArrayList<>();
            for (Future<T> answer : running) {
                answers.add(answer.get(MINUTES, TimeUnit.MINUTES));
            }
            return answers;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            threads.shutdownNow();
        }
    }
}
