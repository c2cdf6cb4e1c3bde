package dev.heddle.models.preset;

/** Which weights a preset starts with. Projections and embeddings are random in both. */
public enum Initialization {
    /**
     * Norms are 1, kernels, mixes and shifts do nothing, biases are 0: every layer computes plain attention (with its
     * norm and gate).
     */
    IDENTITY,
    /**
     * Everything is random: norms around 1, kernels and mixes around the identity, shifts between the current token and
     * the one before.
     */
    RANDOM
}
