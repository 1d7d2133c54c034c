package dev.gssbaton.cli.dispatch;

import java.time.Duration;

/**
 * What clients may take.
 *
 * @param connections how many there may be at the same time
 * @param handshake how long one may take to authenticate, from its first moment on
 */
public record Limits(int connections, Duration handshake) {}
