package dev.heddle.runtime.generate;

import dev.heddle.runtime.RuntimeFailure;
import java.util.SplittableRandom;

/** Chooses tokens for one sequence; keeps the state of its random numbers. */
@FunctionalInterface
interface TokenChooser {
    /** Golden ratio times 2^64: rows of a batch get seeds far apart, the first one the seed itself. */
    long SEED_STEP = 0x9e3779b97f4a7c15L;

    /** @throws RuntimeFailure if a logit is NaN or infinite, or all of them are minus infinity */
    int choose(float[] logits);

    static TokenChooser of(Sampling sampling, int row) {
        if (sampling instanceof Sampling.Random random) {
            return new RandomChooser(random, new SplittableRandom(random.seed() + row * SEED_STEP));
        }
        return TokenChooser::largest;
    }

    /** Index of the largest logit, the first of equal ones; minus infinity is a token that must not be chosen. */
    static int largest(float[] logits) {
        int best = -1;
        for (int i = 0; i < logits.length; i++) {
            if (Float.isNaN(logits[i]) || logits[i] == Float.POSITIVE_INFINITY) {
                throw new RuntimeFailure(
                        "choosing a token: expected finite logits, got " + logits[i] + " for token " + i);
            }
            if (logits[i] != Float.NEGATIVE_INFINITY && (best < 0 || logits[i] > logits[best])) {
                best = i;
            }
        }
        if (best < 0) {
            throw new RuntimeFailure(
                    "choosing a token: the logits of all " + logits.length + " tokens are minus infinity");
        }
        return best;
    }
}
