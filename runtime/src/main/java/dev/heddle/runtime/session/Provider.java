package dev.heddle.runtime.session;

/** Where a session computes. A provider that is not there is an error, never a silent change to another one. */
public enum Provider {
    CPU,
    CUDA
}
