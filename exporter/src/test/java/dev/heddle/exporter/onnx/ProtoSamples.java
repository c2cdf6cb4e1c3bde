package dev.heddle.exporter.onnx;

import dev.heddle.exporter.proto.AttributeProto;
import dev.heddle.exporter.proto.FunctionProto;
import dev.heddle.exporter.proto.GraphProto;
import dev.heddle.exporter.proto.ModelProto;
import dev.heddle.exporter.proto.NodeProto;
import dev.heddle.exporter.proto.OperatorSetIdProto;
import dev.heddle.exporter.proto.StringStringEntryProto;
import dev.heddle.exporter.proto.TensorProto;
import dev.heddle.exporter.proto.TensorShapeProto;
import dev.heddle.exporter.proto.TypeProto;
import dev.heddle.exporter.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Parts of model files, right and wrong. */
final class ProtoSamples {

    private ProtoSamples() {}

    /** Writes a model without nodes, changed. */
    static void write(Path file, Consumer<ModelProto.Builder> change) throws IOException {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(10)
                .addOpsetImport(opset("", 23))
                .setGraph(GraphProto.newBuilder().setName("g"));
        change.accept(model);
        Files.write(file, model.build().toByteArray());
    }

    static TensorProto.Builder tensor(String name, int dtype, long... dims) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(dtype);
        for (long dim : dims) {
            tensor.addDims(dim);
        }
        return tensor;
    }

    static TensorProto.Builder external(String name, String location, long offset, long length, long... dims) {
        return tensor(name, 1, dims)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", Long.toString(offset)))
                .addExternalData(entry("length", Long.toString(length)));
    }

    static StringStringEntryProto.Builder entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value);
    }

    static OperatorSetIdProto.Builder opset(String domain, int version) {
        return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version);
    }

    static NodeProto.Builder node() {
        return NodeProto.newBuilder().setName("n").setOpType("Op").addOutput("y");
    }

    static FunctionProto.Builder function() {
        return FunctionProto.newBuilder().setDomain("d").setName("F");
    }

    static AttributeProto.Builder attribute(String name, AttributeProto.AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    static ValueInfoProto.Builder value(String name, TensorShapeProto.Dimension.Builder dim) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(1)
                                .setShape(TensorShapeProto.newBuilder().addDim(dim))));
    }
}
