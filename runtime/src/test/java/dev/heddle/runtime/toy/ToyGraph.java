package dev.heddle.runtime.toy;

import com.google.protobuf.ByteString;
import dev.heddle.exporter.proto.AttributeProto;
import dev.heddle.exporter.proto.GraphProto;
import dev.heddle.exporter.proto.ModelProto;
import dev.heddle.exporter.proto.NodeProto;
import dev.heddle.exporter.proto.OperatorSetIdProto;
import dev.heddle.exporter.proto.StringStringEntryProto;
import dev.heddle.exporter.proto.TensorProto;
import dev.heddle.exporter.proto.TensorShapeProto;
import dev.heddle.exporter.proto.TypeProto;
import dev.heddle.exporter.proto.ValueInfoProto;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes down a graph node by node; each node has one output, whose name the caller gives and gets back. */
public final class ToyGraph {
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("toy");
    private final ModelProto.Builder model = ModelProto.newBuilder();

    /** @param dims a Number for a fixed axis, a String for a symbolic one */
    public ToyGraph input(String name, DType dtype, Object... dims) {
        graph.addInput(value(name, dtype, dims));
        return this;
    }

    /** @param dims a Number for a fixed axis, a String for a symbolic one */
    public ToyGraph output(String name, DType dtype, Object... dims) {
        graph.addOutput(value(name, dtype, dims));
        return this;
    }

    public String constant(String name, HostTensor tensor) {
        var proto = TensorProto.newBuilder().setName(name).setDataType(number(tensor.dtype()));
        for (long size : tensor.shape()) {
            proto.addDims(size);
        }
        graph.addInitializer(proto.setRawData(ByteString.copyFrom(tensor.bytes())));
        return name;
    }

    public String constant(String name, long... values) {
        return constant(name, HostTensor.ofLongs(values, values.length));
    }

    public String node(String output, String op, String... inputs) {
        return node(output, op, Map.of(), inputs);
    }

    public String node(String output, String op, Map<String, Long> attributes, String... inputs) {
        var node = NodeProto.newBuilder()
                .setName(output + "/" + op)
                .setOpType(op)
                .addAllInput(List.of(inputs))
                .addOutput(output);
        attributes.forEach((name, number) -> node.addAttribute(AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(number)));
        graph.addNode(node);
        return output;
    }

    /** Passes a float tensor through a loop of {@code trips} rounds, which takes time and changes nothing. */
    public String idle(String output, String input, long trips) {
        constant(output + ".trips", HostTensor.ofLongs(new long[] {trips}));
        var body = new ToyGraph()
                .input("round", DType.INT64)
                .input("go_on", DType.BOOL)
                .input("carried", DType.FLOAT32, "batch", "q_len", "d")
                .output("go_on_out", DType.BOOL)
                .output("carried_out", DType.FLOAT32, "batch", "q_len", "d");
        body.node("go_on_out", "Identity", "go_on");
        body.node("negated", "Neg", "carried");
        body.node("carried_out", "Neg", "negated");
        graph.addNode(NodeProto.newBuilder()
                .setName(output + "/Loop")
                .setOpType("Loop")
                .addAllInput(List.of(output + ".trips", "", input))
                .addOutput(output)
                .addAttribute(AttributeProto.newBuilder()
                        .setName("body")
                        .setType(AttributeProto.AttributeType.GRAPH)
                        .setG(body.graph)));
        return output;
    }

    public ToyGraph metadata(String key, String text) {
        model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(text));
        return this;
    }

    /** Writes {@code model.onnx} into the folder. */
    public Path write(Path folder) {
        var proto = model.setIrVersion(10)
                .setProducerName("toy")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(21))
                .setGraph(graph)
                .build();
        try {
            Files.createDirectories(folder);
            return Files.write(folder.resolve("model.onnx"), proto.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ValueInfoProto value(String name, DType dtype, Object... dims) {
        var shape = TensorShapeProto.newBuilder();
        for (Object dim : dims) {
            var proto = TensorShapeProto.Dimension.newBuilder();
            shape.addDim(
                    dim instanceof Number size
                            ? proto.setDimValue(size.longValue())
                            : proto.setDimParam(dim.toString()));
        }
        var type = TypeProto.Tensor.newBuilder().setElemType(number(dtype)).setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }

    private static int number(DType dtype) {
        return dev.heddle.exporter.graph.DType.valueOf(dtype.name()).onnxNumber();
    }
}
