package dev.heddle.runtime.parity;

/**
 * Something that a check found and that is not the comparison of two tensors.
 *
 * @param where a node, a step, a file; as exact as it is known
 */
public record Finding(Status status, String where, String text) {
    /** What it means for the verdict; a note means nothing. */
    public enum Status {
        FAIL,
        NOTE,
        PASS
    }

    public static Finding pass(String where, String text) {
        return new Finding(Status.PASS, where, text);
    }

    public static Finding fail(String where, String text) {
        return new Finding(Status.FAIL, where, text);
    }

    public static Finding note(String where, String text) {
        return new Finding(Status.NOTE, where, text);
    }
}
