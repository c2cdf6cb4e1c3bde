package dev.heddle.runtime.generate;

/**
 * How long a generation took, so far.
 *
 * @param promptTokens tokens fed before the first new one, over all prompts, padding included
 * @param prefillNanos time until the first new token was chosen
 * @param decodeSteps steps after that; each gives one token per prompt
 */
public record Timings(int promptTokens, long prefillNanos, int decodeSteps, long decodeNanos) {
    private static final double NANOS_PER_SECOND = 1e9;

    /** Prompt tokens per second; 0 before the first new token. */
    public double prefillTokensPerSecond() {
        return perSecond(promptTokens, prefillNanos);
    }

    /** Steps per second after the first new token; 0 if there was none. */
    public double decodeStepsPerSecond() {
        return perSecond(decodeSteps, decodeNanos);
    }

    private static double perSecond(int count, long nanos) {
        return nanos == 0 ? 0 : count * NANOS_PER_SECOND / nanos;
    }
}
