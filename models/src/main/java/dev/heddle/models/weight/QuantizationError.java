package dev.heddle.models.weight;

/**
 * What a weight lost when it was cut into blocks of few bits.
 *
 * @param weight the stored tensor's name, or of the part of it
 * @param relative Frobenius norm of the difference beside that of the weight
 * @param worst the same of the worst block
 * @param worstBlock its number, counted along the rows
 */
public record QuantizationError(String weight, BlockFormat format, double relative, double worst, long worstBlock) {}
