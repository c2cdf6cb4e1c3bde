package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.proto.TensorShapeProto;
import dev.heddle.exporter.proto.TensorShapeProto.Dimension;
import dev.heddle.exporter.proto.TypeProto;
import dev.heddle.exporter.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.List;

/** Value types to protobuf and back. */
final class ProtoTypes {

    private ProtoTypes() {}

    static ValueInfoProto toProto(NamedType value) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Dim dim : value.type().shape().dims()) {
            shape.addDim(
                    dim.isFixed()
                            ? Dimension.newBuilder().setDimValue(dim.constant())
                            : Dimension.newBuilder().setDimParam(dim.toString()));
        }
        return ValueInfoProto.newBuilder()
                .setName(value.name())
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(value.type().dtype().onnxNumber())
                                .setShape(shape)))
                .build();
    }

    static boolean isRankedTensor(ValueInfoProto proto) {
        return proto.getType().hasTensorType()
                && proto.getType().getTensorType().hasShape();
    }

    static NamedType fromProto(ValueInfoProto proto) {
        if (!isRankedTensor(proto)) {
            throw new GraphException("value " + proto.getName() + ": a tensor of known rank was expected");
        }
        TypeProto.Tensor tensor = proto.getType().getTensorType();
        List<Dim> dims = new ArrayList<>();
        for (Dimension dim : tensor.getShape().getDimList()) {
            dims.add(
                    switch (dim.getValueCase()) {
                        case DIM_VALUE -> fixed(dim.getDimValue(), proto.getName());
                        case DIM_PARAM ->
                            dim.getDimParam().isBlank()
                                    ? unnamed(proto.getName(), dims.size())
                                    : Dim.parse(dim.getDimParam());
                        case VALUE_NOT_SET -> unnamed(proto.getName(), dims.size());
                    });
        }
        return new NamedType(
                proto.getName(),
                new TensorType(dtype(tensor.getElemType(), "value " + proto.getName()), new Shape(dims)));
    }

    private static Dim fixed(long length, String value) {
        if (length < 0) {
            throw new GraphException("value " + value + ": axis lengths must be at least 0, got " + length);
        }
        return Dim.of(length);
    }

    /** A length that the file leaves open; it equals no other. */
    static Dim unnamed(String value, int axis) {
        return Dim.of(value + ".dim" + axis);
    }

    /** @param where what has the type, for the message */
    static DType dtype(int number, String where) {
        return DType.ofOnnxNumber(number)
                .orElseThrow(() -> new GraphException(
                        where + ": element type number " + number + " is not one that Heddle handles"));
    }
}
