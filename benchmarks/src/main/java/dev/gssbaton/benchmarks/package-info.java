/**
 * JMH benchmarks: one class per question, their settings in {@link dev.gssbaton.benchmarks.Settings}, the floor beside
 * what is measured, and {@link dev.gssbaton.benchmarks.Report}, which runs what it is told to in one run of JMH and prints the ratios.
 *
 * <p>Beside them are programs of their own: {@link dev.gssbaton.benchmarks.Matrix} runs the benchmarks of messages and contexts, and
 * {@link dev.gssbaton.benchmarks.Turns} with them, and writes the pages of {@code docs/benchmarks};
 * {@link dev.gssbaton.benchmarks.ProcessorTime} takes a transfer by the processor's time, and
 * {@link dev.gssbaton.benchmarks.HandoffRate} hands over contexts with their sockets, and times what clients wait.
 */
package dev.gssbaton.benchmarks;
