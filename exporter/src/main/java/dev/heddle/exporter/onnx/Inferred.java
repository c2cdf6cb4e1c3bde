package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.Typed;

/** What the checker knows about a value. */
sealed interface Inferred {

    record Known(Typed typed) implements Inferred {}

    /** An optional input of a function that this call does not give. */
    record Absent() implements Inferred {}

    /** It comes after something that could not be typed; what that was has been reported. */
    record Unknown() implements Inferred {}
}
