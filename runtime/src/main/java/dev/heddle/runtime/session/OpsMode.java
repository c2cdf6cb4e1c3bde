package dev.heddle.runtime.session;

/** Who computes the operators of domain {@code dev.heddle}. */
public enum OpsMode {
    /** On CPU the native library if there is one, else the function bodies in the model. */
    AUTO,
    /** The native library; an error if there is none. */
    NATIVE,
    /** The function bodies in the model; the native library is never loaded. */
    PORTABLE
}
