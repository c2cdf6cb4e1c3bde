package dev.heddle.exporter.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A small constant tensor kept in memory, compared by value.
 *
 * @param type dtype FLOAT32, INT64, INT32 or BOOL (numbers 0 and 1)
 * @param values row-major; {@link Float} for FLOAT32, else {@link Long}
 */
public record Literal(TensorType type, List<Number> values) implements TensorData {

    public Literal {
        values = List.copyOf(values);
        if (type.shape().elements() != values.size()) {
            throw new IllegalArgumentException(
                    "a constant of type " + type + " has " + type.shape().elements() + " values, got " + values.size());
        }
        if (!holds(type.dtype())) {
            throw new IllegalArgumentException("constants are float, int64, int32 or bool, got "
                    + type.dtype().onnxName());
        }
    }

    /** Whether constants may have this element type. */
    public static boolean holds(DType dtype) {
        return switch (dtype) {
            case FLOAT32, INT64, INT32, BOOL -> true;
            case UINT8, INT8, UINT4, INT4, FLOAT16, FLOAT64, BFLOAT16 -> false;
        };
    }

    /** Reads back what {@link #bytes} gives. */
    public static Literal of(TensorType type, ByteBuffer bytes) {
        ByteBuffer source = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        List<Number> values = new ArrayList<>();
        while (source.hasRemaining()) {
            values.add(
                    switch (type.dtype().bytes()) {
                        case 1 -> (Number) (long) source.get();
                        case 4 -> fourBytes(source, type.dtype());
                        default -> source.getLong();
                    });
        }
        return new Literal(type, values);
    }

    private static Number fourBytes(ByteBuffer source, DType dtype) {
        return dtype == DType.FLOAT32 ? (Number) source.getFloat() : (Number) (long) source.getInt();
    }

    public static Literal int64(long value) {
        return new Literal(new TensorType(DType.INT64, Shape.SCALAR), List.of(value));
    }

    public static Literal int64s(long... values) {
        return new Literal(
                TensorType.of(DType.INT64, values.length),
                Arrays.stream(values).<Number>mapToObj(Long::valueOf).toList());
    }

    public static Literal float32(float value) {
        return new Literal(new TensorType(DType.FLOAT32, Shape.SCALAR), List.of(value));
    }

    /** One axis of float32 values, each rounded from double. */
    public static Literal float32s(double... values) {
        return new Literal(
                TensorType.of(DType.FLOAT32, values.length),
                Arrays.stream(values)
                        .<Number>mapToObj(value -> Float.valueOf((float) value))
                        .toList());
    }

    /** The elements as they stand in a file, little endian. */
    public byte[] bytes() {
        ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(byteCount())).order(ByteOrder.LITTLE_ENDIAN);
        for (Number value : values) {
            switch (type.dtype().bytes()) {
                case 1 -> buffer.put(value.byteValue());
                case 4 -> putFourBytes(buffer, value);
                default -> buffer.putLong(value.longValue());
            }
        }
        return buffer.array();
    }

    private static void putFourBytes(ByteBuffer buffer, Number value) {
        if (value instanceof Float number) {
            buffer.putFloat(number);
        } else {
            buffer.putInt(value.intValue());
        }
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(bytes());
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
