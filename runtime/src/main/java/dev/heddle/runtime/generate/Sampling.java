package dev.heddle.runtime.generate;

/** How the next token is chosen from the logits. */
public sealed interface Sampling {
    /** The token with the largest logit, the lower id of two equal ones. */
    record Greedy() implements Sampling {}

    /**
     * A random token, by softmax(logits / temperature) over the candidates that are left.
     *
     * @param temperature greater than 0
     * @param topK only the so many largest logits are candidates; 0 for all
     * @param topP of those, only the largest whose probabilities together reach this share; 1 for all
     * @param seed the same seed gives the same tokens
     */
    record Random(double temperature, int topK, double topP, long seed) implements Sampling {
        /** @throws IllegalArgumentException if a number is out of its range */
        public Random {
            if (!(temperature > 0) || Double.isInfinite(temperature)) {
                throw new IllegalArgumentException("temperature must be greater than 0, got " + temperature
                        + "; use greedy choice for temperature 0");
            }
            if (topK < 0) {
                throw new IllegalArgumentException("top-k must be at least 0, got " + topK);
            }
            if (!(topP > 0 && topP <= 1)) {
                throw new IllegalArgumentException("top-p must be greater than 0 and at most 1, got " + topP);
            }
        }
    }
}
