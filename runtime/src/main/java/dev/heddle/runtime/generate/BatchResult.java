package dev.heddle.runtime.generate;

import java.util.List;

/**
 * What a model made of several prompts.
 *
 * @param completions one for each prompt, in order
 */
public record BatchResult(List<Completion> completions, Timings timings) {
    public BatchResult {
        completions = List.copyOf(completions);
    }
}
