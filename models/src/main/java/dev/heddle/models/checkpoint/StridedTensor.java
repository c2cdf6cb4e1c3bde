package dev.heddle.models.checkpoint;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A view of a torch storage whose elements do not follow each other, for instance a transposed matrix; reading gathers
 * them.
 *
 * @param strides distance in elements between neighbours along each axis; 0 repeats an element
 * @param start byte of the file at which element 0 begins
 */
record StridedTensor(String name, DType dtype, Shape shape, List<Long> strides, MappedFile file, long start)
        implements StoredTensor {

    @Override
    public String location() {
        return file.name();
    }

    @Override
    public ByteBuffer read(long first, int count) {
        ByteBuffer gathered = ByteBuffer.allocate(ElementRange.bytes(this, first, count));
        if (count > 0) {
            gather(first, count, gathered);
        }
        return gathered.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private void gather(long first, int count, ByteBuffer target) {
        long[] lengths = shape.lengths();
        long[] steps =
                strides.stream().mapToLong(stride -> stride * dtype.bytes()).toArray();
        long[] index = new long[lengths.length];
        long position = start;
        long rest = first;
        for (int axis = lengths.length - 1; axis >= 0; axis--) {
            index[axis] = rest % lengths[axis];
            rest /= lengths[axis];
            position += index[axis] * steps[axis];
        }
        for (int i = 0; i < count; i++) {
            file.copy(position, dtype.bytes(), target);
            for (int axis = lengths.length - 1; axis >= 0; axis--) {
                position += steps[axis];
                if (++index[axis] < lengths[axis]) {
                    break;
                }
                position -= index[axis] * steps[axis];
                index[axis] = 0;
            }
        }
    }

    @Override
    public String toString() {
        return name + ": " + dtype.onnxName() + shape + " with strides " + strides + " in " + location();
    }
}
