package dev.heddle.exporter.interpret;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.function.BiConsumer;

/** Takes the bytes of a stored tensor and turns them into doubles piece by piece, so that they are never held as well. */
final class TensorReader implements WritableByteChannel {

    private final DType dtype;
    private final double[] values;
    private final BiConsumer<Integer, double[]> full;
    private final ByteBuffer rest = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    private int count;
    private int fillings;

    /** @param full called with the values, and how often it was called before, each time they are complete */
    private TensorReader(DType dtype, int elements, BiConsumer<Integer, double[]> full) {
        this.dtype = dtype;
        this.values = new double[elements];
        this.full = full;
    }

    /**
     * Hands over the rows of a matrix one after the other, in an array that is used again.
     *
     * @throws UncheckedIOException if the bytes cannot be read
     */
    static void rows(TensorData data, int width, BiConsumer<Integer, double[]> row) {
        TensorReader reader = new TensorReader(data.type().dtype(), width, row);
        try {
            data.writeTo(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws UncheckedIOException if the bytes cannot be read */
    static Tensor read(TensorData data) {
        int[] shape = Arrays.stream(data.type().shape().lengths())
                .mapToInt(Math::toIntExact)
                .toArray();
        if (data instanceof Literal literal) {
            return new Tensor(
                    literal.type().dtype(),
                    shape,
                    literal.values().stream().mapToDouble(Number::doubleValue).toArray());
        }
        TensorReader reader = new TensorReader(data.type().dtype(), Tensor.count(shape), (index, values) -> {});
        try {
            data.writeTo(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Tensor(data.type().dtype(), shape, reader.values);
    }

    @Override
    public int write(ByteBuffer bytes) {
        int size = Math.max(1, dtype.bits() / Byte.SIZE);
        int taken = bytes.remaining();
        while (rest.position() > 0 && bytes.hasRemaining()) {
            rest.put(bytes.get());
            if (rest.position() == size) {
                take(rest.flip());
                rest.clear();
            }
        }
        ByteBuffer ordered = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        while (ordered.remaining() >= size) {
            take(ordered);
        }
        rest.put(ordered);
        bytes.position(bytes.limit());
        return taken;
    }

    private void take(ByteBuffer bytes) {
        if (dtype.bits() < Byte.SIZE) {
            int pair = bytes.get();
            add(nibble(pair));
            // The last byte of an odd number of elements holds one.
            if (count > 0) {
                add(nibble(pair >> 4));
            }
            return;
        }
        add(
                switch (dtype) {
                    case FLOAT32 -> bytes.getFloat();
                    case FLOAT64 -> bytes.getDouble();
                    case FLOAT16 -> half(bytes.getShort());
                    case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort() << 16);
                    case INT64 -> bytes.getLong();
                    case INT32 -> bytes.getInt();
                    case INT8, BOOL -> bytes.get();
                    case UINT8 -> Byte.toUnsignedInt(bytes.get());
                    case UINT4, INT4 ->
                        throw new IllegalStateException("elements of " + dtype.onnxName() + " share bytes");
                });
    }

    private int nibble(int bits) {
        int value = bits & 15;
        return dtype == DType.INT4 && value > 7 ? value - 16 : value;
    }

    private void add(double value) {
        values[count++] = value;
        if (count == values.length) {
            count = 0;
            full.accept(fillings++, values);
        }
    }

    private static double half(short bits) {
        int exponent = bits >> 10 & 31;
        int fraction = bits & 1023;
        double size = exponent == 0
                ? fraction * 0x1p-24
                : exponent == 31
                        ? (fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
                        : (1024 + fraction) * Math.pow(2, exponent - 25);
        return bits < 0 ? -size : size;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
