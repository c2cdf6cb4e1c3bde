package dev.heddle.runtime.parity;

/**
 * Whether two tensors have their largest values in the same places of the last axis, as the logits of a greedy choice
 * must.
 *
 * @param rows all slices along the last axis
 * @param equal rows with the same place; the first of equal values counts
 * @param nearTies rows with another place whose expected value is within the tie margin of the largest; a row with a
 *     NaN is never one
 */
public record ArgmaxAgreement(long rows, long equal, long nearTies) {
    /** As in "argmax 15 of 16, 1 near tie". */
    @Override
    public String toString() {
        String text = "argmax " + equal + " of " + rows;
        return nearTies == 0 ? text : text + ", " + nearTies + (nearTies == 1 ? " near tie" : " near ties");
    }
}
