package dev.heddle.models.decoder;

import dev.heddle.models.weight.Weight;

/** The additive part of a {@link Linear}. */
public sealed interface Bias {

    record None() implements Bias {}

    /** @param weight [out] */
    record Added(Weight weight) implements Bias {}
}
