/**
 * JMH benchmarks: one class per question, their settings in {@link dev.gssbaton.benchmarks.Settings}, the floor beside
 * what is measured, and {@link dev.gssbaton.benchmarks.Report}, which runs them all and prints the ratios.
 */
package dev.gssbaton.benchmarks;
