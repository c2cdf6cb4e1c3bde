package dev.heddle.models.decoder;

/** How a graph keeps state between steps. */
public enum KvCache {
    /** No state: every run takes the whole sequence. */
    NONE,
    /** State grows with the sequence: past tensors in, present tensors out, the convention of Hugging Face. */
    DYNAMIC
}
