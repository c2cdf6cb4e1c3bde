package dev.heddle.models.family;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.weight.Weight;

/** The tensors in which lingua stores a mix of heads, and how each becomes [Hq / size, out, in]. */
enum LinguaMix {
    /** A linear layer over all heads, [out, in]. */
    WPSM,
    /** As WPSM. */
    WPOSM,
    /** [Hq / size, in, out]: multiplied from the right, so transposed against the paper's equation 7. */
    HEAD_KERNEL;

    Weight weight(String attentionPath, Heads heads, int size) {
        Shape groups = Shape.of(heads.query() / size, size, size);
        return switch (this) {
            case WPSM -> linear(attentionPath + ".wpsm.weight", groups);
            case WPOSM -> linear(attentionPath + ".wposm.weight", groups);
            case HEAD_KERNEL -> new Weight.Transposed(new Weight.Stored(attentionPath + ".head_kernel", groups));
        };
    }

    private static Weight linear(String name, Shape groups) {
        return new Weight.Reshaped(new Weight.Stored(name, Shape.of(groups.dim(1), groups.dim(2))), groups);
    }
}
