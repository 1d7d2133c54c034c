package dev.gssbaton.benchmarks;

/**
 * What an operation took.
 *
 * @param nanos time in nanoseconds
 * @param octets allocated
 */
record Measured(double nanos, double octets) {}
