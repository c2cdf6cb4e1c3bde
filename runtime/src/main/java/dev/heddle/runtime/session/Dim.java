package dev.heddle.runtime.session;

/** Size of one axis of a graph input or output: a number, or a name for a size that each run may choose. */
public sealed interface Dim {
    /** @param size at least 0 */
    record Fixed(long size) implements Dim {
        @Override
        public String toString() {
            return Long.toString(size);
        }
    }

    /** @param name the name in the model; empty if it gives none */
    record Symbolic(String name) implements Dim {
        @Override
        public String toString() {
            return name.isEmpty() ? "?" : name;
        }
    }
}
