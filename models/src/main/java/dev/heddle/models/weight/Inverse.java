package dev.heddle.models.weight;

/** The way back from a weight of the model to the tensor of the checkpoint that it was made of. */
public final class Inverse {

    private Inverse() {}

    /** False if a step on the way loses something. */
    public static boolean exists(Weight weight) {
        if (weight instanceof Weight.Stored) {
            return true;
        }
        if (weight instanceof Weight.Reshaped reshaped) {
            return exists(reshaped.of());
        }
        if (weight instanceof Weight.Transposed transposed) {
            return exists(transposed.of());
        }
        // Rows of anything else would lie scattered in the tensor.
        return weight instanceof Weight.Rows rows && rows.of() instanceof Weight.Stored;
    }

    /** Where the rows begin that a weight gives back; 0 if it gives back the whole tensor. */
    public static long firstRow(Weight weight) {
        return weight instanceof Weight.Rows rows ? rows.from() : 0;
    }

    /**
     * The tensor, or those of its rows of which the weight was made.
     *
     * @param contents a weight with the contents and shape of {@code weight}
     * @throws IllegalArgumentException if there is no way back
     */
    public static Weight of(Weight weight, Weight contents) {
        if (!exists(weight)) {
            throw new IllegalArgumentException("the way from " + weight.stored().name() + " to " + weight.name()
                    + " loses something, there is none back");
        }
        if (weight instanceof Weight.Reshaped reshaped) {
            return of(reshaped.of(), new Weight.Reshaped(contents, reshaped.of().shape()));
        }
        if (weight instanceof Weight.Transposed transposed) {
            return of(transposed.of(), new Weight.Transposed(contents));
        }
        return contents;
    }
}
