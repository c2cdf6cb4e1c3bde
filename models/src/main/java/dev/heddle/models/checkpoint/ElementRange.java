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
        long bytes = (long) count * tensor.dtype().bytes();
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(tensor.location() + ": tensor " + tensor.name()
                    + ": a read gives at most " + Integer.MAX_VALUE + " bytes, got " + bytes + "; read it in parts");
        }
        return (int) bytes;
    }
}
