package dev.heddle.runtime.parity;

/**
 * Whether two tensors have the same k largest values in each row, as sampling needs.
 *
 * @param k places compared; at most the width of a row
 * @param equalRows rows with the same set of places
 * @param meanJaccard mean over the rows of |A and B| / |A or B|; 0 for a row with a NaN
 * @param minJaccard of the worst row
 */
public record TopKAgreement(int k, long equalRows, double meanJaccard, double minJaccard) {}
