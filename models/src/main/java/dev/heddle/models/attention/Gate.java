package dev.heddle.models.attention;

/** Multiplies each head's (normalised) context by sigmoid(weight . context + bias); weight and bias are shared by all heads. */
public sealed interface Gate {

    record None() implements Gate {}

    /** One number per token and head: weight [1, d], bias [1]. */
    record Scalar() implements Gate {}

    /** One number per feature: weight [d, d], bias [d]. */
    record Full() implements Gate {}
}
