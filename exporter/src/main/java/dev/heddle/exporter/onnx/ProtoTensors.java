package dev.heddle.exporter.onnx;

import com.google.protobuf.ByteString;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.proto.StringStringEntryProto;
import dev.heddle.exporter.proto.TensorProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Constant tensors to protobuf and back. */
final class ProtoTensors {

    /** Constants of nodes are held number by number, so a file may not bring large ones. */
    private static final long MAX_LITERAL_BYTES = 1 << 20;

    private ProtoTensors() {}

    /** The tensor with its elements in the message. */
    static TensorProto inline(String name, TensorData data) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            data.writeTo(Channels.newChannel(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return header(name, data.type())
                .setRawData(ByteString.copyFrom(bytes.toByteArray()))
                .build();
    }

    /** The tensor with its elements in another file. */
    static TensorProto external(String name, TensorData data, String location, long offset) {
        return header(name, data.type())
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", Long.toString(offset)))
                .addExternalData(entry("length", Long.toString(data.byteCount())))
                .build();
    }

    private static TensorProto.Builder header(String name, TensorType type) {
        TensorProto.Builder proto =
                TensorProto.newBuilder().setDataType(type.dtype().onnxNumber());
        if (!name.isEmpty()) {
            proto.setName(name);
        }
        Arrays.stream(type.shape().lengths()).forEach(proto::addDims);
        return proto;
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    static TensorType type(TensorProto proto) {
        long[] lengths = proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
        if (Arrays.stream(lengths).anyMatch(length -> length < 0)) {
            throw refused(proto, "axis lengths must be at least 0, got " + Arrays.toString(lengths));
        }
        TensorType type =
                new TensorType(ProtoTypes.dtype(proto.getDataType(), "tensor " + proto.getName()), Shape.of(lengths));
        byteCount(type, proto.getName());
        return type;
    }

    static long byteCount(TensorType type, String name) {
        try {
            return type.dtype().byteCount(type.shape().elements());
        } catch (ArithmeticException e) {
            throw new GraphException("tensor " + name + ": " + type + " has more bytes than a file can have");
        }
    }

    static boolean isExternal(TensorProto proto) {
        return proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    }

    /** A tensor whose elements stand in the message: a {@link Literal} if it is small and of a type that has them. */
    static TensorData data(TensorProto proto) {
        TensorType type = type(proto);
        ByteString bytes = bytes(proto, type);
        return bytes.size() < ModelWriter.EXTERNAL_BYTES && Literal.holds(type.dtype())
                ? Literal.of(type, bytes.asReadOnlyByteBuffer())
                : new InlineTensor(type, bytes);
    }

    /** The constant of a node. */
    static Literal literal(TensorProto proto) {
        TensorType type = type(proto);
        if (isExternal(proto)) {
            throw refused(proto, "a node's constant must stand in the model file, it lies in another");
        }
        if (byteCount(type, proto.getName()) > MAX_LITERAL_BYTES) {
            throw refused(proto, "a node's constant has at most " + MAX_LITERAL_BYTES + " bytes, got " + type);
        }
        if (!Literal.holds(type.dtype())) {
            throw refused(
                    proto,
                    "a node's constant is float, int64, int32 or bool, got "
                            + type.dtype().onnxName());
        }
        return Literal.of(type, bytes(proto, type).asReadOnlyByteBuffer());
    }

    private static ByteString bytes(TensorProto proto, TensorType type) {
        ByteString bytes = proto.hasRawData() ? proto.getRawData() : packed(proto, type.dtype());
        if (bytes.size() != byteCount(type, proto.getName())) {
            throw refused(proto, type + " needs " + byteCount(type, proto.getName()) + " bytes, got " + bytes.size());
        }
        return bytes;
    }

    /** The elements from the message's typed lists, which other writers use for small tensors. */
    private static ByteString packed(TensorProto proto, DType dtype) {
        List<Number> values = new ArrayList<>(
                switch (dtype) {
                    case FLOAT32 -> proto.getFloatDataList();
                    case FLOAT64 -> proto.getDoubleDataList();
                    case INT64 -> proto.getInt64DataList();
                    case INT32, INT8, UINT8, UINT4, INT4, BOOL, FLOAT16, BFLOAT16 -> proto.getInt32DataList();
                });
        // Of types that share a byte, a number in the list is a byte.
        int width = Math.max(1, dtype.bits() / Byte.SIZE);
        ByteBuffer buffer =
                ByteBuffer.allocate(Math.multiplyExact(values.size(), width)).order(ByteOrder.LITTLE_ENDIAN);
        for (Number value : values) {
            switch (dtype) {
                case FLOAT32 -> buffer.putFloat(value.floatValue());
                case FLOAT64 -> buffer.putDouble(value.doubleValue());
                case INT64 -> buffer.putLong(value.longValue());
                case INT32 -> buffer.putInt(value.intValue());
                case FLOAT16, BFLOAT16 -> buffer.putShort(value.shortValue());
                case INT8, UINT8, UINT4, INT4, BOOL -> buffer.put(value.byteValue());
            }
        }
        return ByteString.copyFrom(buffer.array());
    }

    private static GraphException refused(TensorProto proto, String problem) {
        return new GraphException("tensor " + proto.getName() + ": " + problem);
    }
}
