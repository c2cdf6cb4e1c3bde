package dev.heddle.models.layout;

/** A part of a file. */
public sealed interface Piece {

    /** Bytes that are no tensor: headers, a pickle, padding, and elements that no tensor has in this order. */
    record Bytes(long count) implements Piece {
        public Bytes {
            if (count < 1) {
                throw new IllegalArgumentException("a piece has at least 1 byte, got " + count);
            }
        }
    }

    /** All elements of the tensor of this name. */
    record Elements(String tensor) implements Piece {}
}
