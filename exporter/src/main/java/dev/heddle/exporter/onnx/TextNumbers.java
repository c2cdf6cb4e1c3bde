package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.ShortestDecimal;
import dev.heddle.exporter.graph.TensorData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.StringJoiner;

/** Numbers in ONNX's textual syntax. */
final class TextNumbers {

    private TextNumbers() {}

    /** All elements, for instance <code>{1,2.5}</code>; float16 and bfloat16 as their bits. */
    static String elements(TensorData data) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            data.writeTo(Channels.newChannel(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteBuffer elements = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        StringJoiner text = new StringJoiner(",", "{", "}");
        DType dtype = data.type().dtype();
        long count = data.type().shape().elements();
        for (long index = 0; index < count; index++) {
            text.add(dtype.bits() < Byte.SIZE ? half(elements, (int) index, dtype) : next(elements, dtype));
        }
        return text.toString();
    }

    private static String half(ByteBuffer elements, int index, DType dtype) {
        int bits = elements.get(index / 2) >> (index % 2 * 4) & 15;
        return Integer.toString(dtype == DType.INT4 && bits > 7 ? bits - 16 : bits);
    }

    private static String next(ByteBuffer elements, DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> ShortestDecimal.of(elements.getFloat());
            case FLOAT64 -> ShortestDecimal.of(elements.getDouble());
            case INT64 -> Long.toString(elements.getLong());
            case INT32 -> Integer.toString(elements.getInt());
            case INT8 -> Byte.toString(elements.get());
            case UINT8, BOOL -> Integer.toString(Byte.toUnsignedInt(elements.get()));
            case FLOAT16, BFLOAT16 -> Integer.toString(Short.toUnsignedInt(elements.getShort()));
            case UINT4, INT4 -> throw new IllegalStateException("elements of " + dtype.onnxName() + " share bytes");
        };
    }
}
