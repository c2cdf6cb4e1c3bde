package dev.heddle.runtime.session;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * A tensor in Java memory: element type, shape and a direct little-endian buffer, row-major.
 *
 * <p>ONNX Runtime reads and writes the buffer in place, so its content must not change while a run uses it. The
 * memory goes back when the tensor is garbage; there is nothing to close. At most 2^31 - 1 bytes, the limit of a Java
 * buffer. Safe to read from several threads.
 */
public final class HostTensor {
    private final DType dtype;
    private final long[] shape;
    private final ByteBuffer data;

    private HostTensor(DType dtype, long[] shape, ByteBuffer data) {
        this.dtype = dtype;
        this.shape = shape;
        this.data = data;
    }

    /**
     * A tensor of zeros.
     *
     * @throws IllegalArgumentException if an axis is negative or the tensor needs more than 2^31 - 1 bytes
     */
    public static HostTensor zeros(DType dtype, long... shape) {
        int bytes = byteCount(dtype, shape);
        return new HostTensor(
                dtype, shape.clone(), ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN));
    }

    /**
     * A tensor over these bytes, from position to limit; shared, not copied, if the buffer is direct.
     *
     * @throws IllegalArgumentException if the number of bytes does not fit the shape
     */
    public static HostTensor of(DType dtype, ByteBuffer bytes, long... shape) {
        int expected = byteCount(dtype, shape);
        if (bytes.remaining() != expected) {
            throw new IllegalArgumentException("%s %s needs %d bytes, got %d"
                    .formatted(dtype, Arrays.toString(shape), expected, bytes.remaining()));
        }
        if (bytes.isDirect()) {
            return new HostTensor(dtype, shape.clone(), bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
        }
        HostTensor tensor = zeros(dtype, shape);
        tensor.bytes().put(bytes.duplicate());
        return tensor;
    }

    public static HostTensor ofFloats(float[] values, long... shape) {
        HostTensor tensor = zeros(DType.FLOAT32, shape);
        tensor.checkLength(values.length);
        tensor.floats().put(values);
        return tensor;
    }

    public static HostTensor ofDoubles(double[] values, long... shape) {
        HostTensor tensor = zeros(DType.FLOAT64, shape);
        tensor.checkLength(values.length);
        tensor.doubles().put(values);
        return tensor;
    }

    public static HostTensor ofLongs(long[] values, long... shape) {
        HostTensor tensor = zeros(DType.INT64, shape);
        tensor.checkLength(values.length);
        tensor.longs().put(values);
        return tensor;
    }

    public DType dtype() {
        return dtype;
    }

    public long[] shape() {
        return shape.clone();
    }

    public int rank() {
        return shape.length;
    }

    public long dim(int axis) {
        return shape[axis];
    }

    public int elementCount() {
        return data.capacity() / dtype.bytes();
    }

    /** The bytes, little-endian, position 0; a view of the same memory. */
    public ByteBuffer bytes() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** View of a FLOAT32 tensor. */
    public FloatBuffer floats() {
        return typed(DType.FLOAT32).asFloatBuffer();
    }

    /** View of a FLOAT64 tensor. */
    public DoubleBuffer doubles() {
        return typed(DType.FLOAT64).asDoubleBuffer();
    }

    /** View of an INT64 tensor. */
    public LongBuffer longs() {
        return typed(DType.INT64).asLongBuffer();
    }

    /** View of an INT32 tensor. */
    public IntBuffer ints() {
        return typed(DType.INT32).asIntBuffer();
    }

    /** Reads element i of any type as a double: exact but for INT64 beyond 2^53; BOOL gives 0 or 1. */
    public IntToDoubleFunction values() {
        ByteBuffer bytes = bytes();
        return switch (dtype) {
            case FLOAT32 -> bytes.asFloatBuffer()::get;
            case FLOAT64 -> bytes.asDoubleBuffer()::get;
            case FLOAT16 -> {
                ShortBuffer bits = bytes.asShortBuffer();
                yield i -> Float16.toFloat(bits.get(i));
            }
            case BFLOAT16 -> {
                ShortBuffer bits = bytes.asShortBuffer();
                yield i -> Float.intBitsToFloat(bits.get(i) << 16);
            }
            case INT64 -> bytes.asLongBuffer()::get;
            case INT32 -> bytes.asIntBuffer()::get;
            case INT8, BOOL -> bytes::get;
            case UINT8 -> i -> Byte.toUnsignedInt(bytes.get(i));
        };
    }

    /** Type and shape, as in "float32 [2, 7]". */
    @Override
    public String toString() {
        return dtype + " " + Arrays.toString(shape);
    }

    private ByteBuffer typed(DType wanted) {
        if (dtype != wanted) {
            throw new IllegalArgumentException("expected a tensor of " + wanted + ", got " + this);
        }
        return bytes();
    }

    private void checkLength(int values) {
        if (values != elementCount()) {
            throw new IllegalArgumentException(this + " needs " + elementCount() + " values, got " + values);
        }
    }

    /**
     * How many bytes a tensor needs.
     *
     * @throws IllegalArgumentException if an axis is negative or the tensor needs more than 2^31 - 1 bytes
     */
    public static int byteCount(DType dtype, long... shape) {
        boolean empty = false;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("an axis cannot be negative, got " + Arrays.toString(shape));
            }
            empty |= size == 0;
        }
        long bytes = empty ? 0 : dtype.bytes();
        for (long size : shape) {
            // Dividing instead of multiplying keeps hostile shapes from overflowing.
            if (bytes != 0 && size > Integer.MAX_VALUE / bytes) {
                throw new IllegalArgumentException("%s %s needs more than %d bytes, the limit of a Java buffer"
                        .formatted(dtype, Arrays.toString(shape), Integer.MAX_VALUE));
            }
            bytes *= size;
        }
        return (int) bytes;
    }
}
