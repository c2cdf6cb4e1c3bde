package dev.heddle.runtime.parity;

/**
 * KL(expected || actual) of the softmax of each row, in nats: sum p (log p - log q), computed in float64. Infinite for
 * a row with a NaN or +infinity, and where a value with p > 0 is impossible for the actual side.
 *
 * @param mean over the rows
 * @param max of the worst row
 */
public record KlDivergence(double mean, double max) {}
