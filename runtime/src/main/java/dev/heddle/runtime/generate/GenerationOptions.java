package dev.heddle.runtime.generate;

import java.util.Set;

/**
 * How far and in which way a model goes on; {@link LanguageModel#options} starts with the stop tokens of the model.
 *
 * @param maxNewTokens at least 1
 * @param stopTokens each of these ends its sequence
 */
public record GenerationOptions(int maxNewTokens, Sampling sampling, Set<Long> stopTokens) {
    /** @throws IllegalArgumentException if {@code maxNewTokens < 1} */
    public GenerationOptions {
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException("max new tokens must be at least 1, got " + maxNewTokens);
        }
        stopTokens = Set.copyOf(stopTokens);
    }

    public GenerationOptions withSampling(Sampling newSampling) {
        return new GenerationOptions(maxNewTokens, newSampling, stopTokens);
    }

    public GenerationOptions withStopTokens(Set<Long> newStopTokens) {
        return new GenerationOptions(maxNewTokens, sampling, newStopTokens);
    }
}
