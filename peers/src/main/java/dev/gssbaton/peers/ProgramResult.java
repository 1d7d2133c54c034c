package dev.gssbaton.peers;

/**
 * How a native program ended.
 *
 * @param exitCode its exit code
 * @param output what it wrote to standard output and standard error, in the order written
 */
public record ProgramResult(int exitCode, String output) {}
