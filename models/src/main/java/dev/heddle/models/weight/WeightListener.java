package dev.heddle.models.weight;

/** Told what is odd about weights while they are written. */
@FunctionalInterface
public interface WeightListener {

    /** Values look wrong, or were changed. */
    void found(WeightFinding finding);

    /** A weight has been cut into blocks of few bits. */
    default void quantized(QuantizationError error) {}
}
