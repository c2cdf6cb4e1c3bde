package dev.heddle.runtime.generate;

/** Why no more tokens come. */
public enum FinishReason {
    /** The model chose a stop token, which is not part of the result. */
    STOP_TOKEN,
    /** The limit of the options is reached. */
    MAX_TOKENS,
    /** The model's cache of fixed length holds no more tokens. */
    CACHE_FULL,
    CANCELLED
}
