package dev.gssbaton.testkit;

/** What happens to a token of an exchange on its way. */
@FunctionalInterface
interface TokenChange {
    /** Nothing. */
    TokenChange NONE = (number, token) -> token;

    /**
     * Changes a token.
     *
     * @param number its number in the exchange, from 0
     * @param token the token
     * @return what arrives
     */
    byte[] apply(int number, byte[] token);
}
