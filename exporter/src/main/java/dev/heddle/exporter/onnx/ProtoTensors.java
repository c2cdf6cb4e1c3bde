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
        return new TensorType(ProtoTypes.dtype(proto.getDataType(), proto.getName()), Shape.of(lengths));
    }

    /** A small tensor whose elements stand in the message. */
    static Literal literal(TensorProto proto) {
        TensorType type = type(proto);
        List<Number> values = new ArrayList<>();
        if (proto.hasRawData()) {
            ByteBuffer raw = proto.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
            if (raw.remaining() != type.shape().elements() * type.dtype().bytes()) {
                throw new GraphException("tensor " + proto.getName() + ": " + type + " needs "
                        + type.shape().elements() * type.dtype().bytes() + " bytes, got " + raw.remaining());
            }
            while (raw.hasRemaining()) {
                values.add(next(raw, type.dtype(), proto.getName()));
            }
        } else {
            values.addAll(proto.getFloatDataList());
            values.addAll(proto.getInt64DataList());
            proto.getInt32DataList().forEach(value -> values.add(value.longValue()));
        }
        return new Literal(type, values);
    }

    private static Number next(ByteBuffer raw, DType dtype, String name) {
        return switch (dtype) {
            case FLOAT32 -> raw.getFloat();
            case INT64 -> raw.getLong();
            case INT32 -> (long) raw.getInt();
            case BOOL -> (long) raw.get();
            case UINT8, INT8, FLOAT16, FLOAT64, BFLOAT16 ->
                throw new GraphException("tensor " + name + ": small constants are float, int64, int32 or bool, got "
                        + dtype.onnxName());
        };
    }
}
