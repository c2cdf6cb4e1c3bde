package dev.heddle.runtime.parity;

/**
 * One kind of error over the finite pairs of a tensor; all 0 if there are none.
 *
 * @param p99 the error that 99 of 100 pairs do not exceed, from a histogram: within 1/64 of itself
 */
public record ErrorSummary(double max, double mean, double p99) {}
