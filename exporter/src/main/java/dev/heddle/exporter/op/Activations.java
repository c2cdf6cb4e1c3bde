package dev.heddle.exporter.op;

/** What a product with weights of few bits makes of its other side before it multiplies. */
public enum Activations {
    /** Nothing. */
    FLOAT,
    /**
     * Rounds each row to 8 bits, in blocks as those of the weights: steps of the block's largest value / 127. Sums are exact within a block. ONNX Runtime's {@code
     * accuracy_level} 4, which is another function, and on a CPU the faster one.
     */
    INT8
}
