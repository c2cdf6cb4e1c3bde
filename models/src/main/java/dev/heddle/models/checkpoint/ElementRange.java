package dev.heddle.models.checkpoint;

/** The part of a tensor that one read asks for. */
final class ElementRange {

    private ElementRange() {}

    /**
     * Bytes that {@code count} elements from {@code first} take.
     *
     * @throws IndexOutOfBoundsException if they do not lie in the tensor
     * @throws IllegalArgumentException if no buffer can hold them
     */
    static int bytes(StoredTensor tensor, long first, int count) {
        long elements = tensor.shape().elements();
        if (first < 0 || count < 0 || first > elements - count) {
            throw new IndexOutOfBoundsException(tensor.location() + ": tensor " + tensor.name() + " has " + elements
                    + " elements, got a read of " + count + " from " + first);
        }
        long bytes = tensor.dtype().byteCount(count);
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(tensor.location() + ": tensor " + tensor.name()
                    + ": a read gives at most " + Integer.MAX_VALUE + " bytes, got " + bytes + "; read it in parts");
        }
        return (int) bytes;
    }

    /**
     * Bytes before element {@code first}.
     *
     * @throws IllegalArgumentException if the element begins within a byte
     */
    static long start(StoredTensor tensor, long first) {
        if (first * tensor.dtype().bits() % Byte.SIZE != 0) {
            throw new IllegalArgumentException(tensor.location() + ": tensor " + tensor.name()
                    + ": two elements share a byte, expected a read from an even one, got one from " + first);
        }
        return tensor.dtype().byteCount(first);
    }
}
