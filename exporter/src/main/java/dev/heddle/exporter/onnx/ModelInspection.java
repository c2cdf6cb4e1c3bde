package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.proto.AttributeProto;
import dev.heddle.exporter.proto.FunctionProto;
import dev.heddle.exporter.proto.ModelProto;
import dev.heddle.exporter.proto.NodeProto;
import dev.heddle.exporter.proto.TensorProto;
import dev.heddle.exporter.proto.TensorShapeProto.Dimension;
import dev.heddle.exporter.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Looks at a model file without understanding it: any operators, element types and subgraphs. Only constants outside the file are checked, and what is wrong with them
 * is part of the summary.
 */
public final class ModelInspection {

    private final Path file;
    private final ModelProto proto;

    private ModelInspection(Path file, ModelProto proto) {
        this.file = file;
        this.proto = proto;
    }

    /**
     * @throws GraphException if there is no ONNX model in the file; the message starts with the file's name
     * @throws IOException if it cannot be read
     */
    public static ModelInspection open(Path file) throws IOException {
        try {
            return new ModelInspection(file, ModelFile.parse(file));
        } catch (GraphException e) {
            throw named(file, e);
        }
    }

    /** @throws GraphException if the file contradicts itself beyond counting */
    public ModelSummary summary() throws IOException {
        try {
            return new ModelSummary(
                    proto.getIrVersion(),
                    Finding.printable(proto.getProducerName()),
                    Finding.printable(proto.getProducerVersion()),
                    opsets(),
                    values(proto.getGraph().getInputList()),
                    values(proto.getGraph().getOutputList()),
                    operators(proto.getGraph().getNodeList()),
                    proto.getFunctionsList().stream().map(ModelInspection::body).toList(),
                    parameters(),
                    new DataFileCheck(file.toAbsolutePath().resolveSibling(""), proto.getGraph()).files(),
                    metadata());
        } catch (GraphException e) {
            throw named(file, e);
        }
    }

    /** What differs between this model and another; empty if nothing does. */
    public List<String> differences(ModelInspection other) throws IOException {
        return new ModelDifference(file, proto, other.file, other.proto).lines();
    }

    private static GraphException named(Path file, GraphException e) {
        return new GraphException(Finding.printable(file.getFileName() + ": " + e.getMessage()));
    }

    private SortedMap<String, Long> opsets() {
        SortedMap<String, Long> opsets = new TreeMap<>();
        proto.getOpsetImportList()
                .forEach(opset ->
                        opsets.put(ProtoNodes.domain(Finding.printable(opset.getDomain())), opset.getVersion()));
        return opsets;
    }

    private SortedMap<String, String> metadata() {
        SortedMap<String, String> metadata = new TreeMap<>();
        proto.getMetadataPropsList().forEach(entry -> metadata.put(entry.getKey(), entry.getValue()));
        return metadata;
    }

    static List<ModelSummary.Value> values(List<ValueInfoProto> protos) {
        return protos.stream()
                .map(value -> new ModelSummary.Value(Finding.printable(value.getName()), type(value)))
                .toList();
    }

    private static String type(ValueInfoProto value) {
        if (!value.getType().hasTensorType()) {
            return "no tensor";
        }
        String dtype = ElementTypes.name(value.getType().getTensorType().getElemType());
        if (!value.getType().getTensorType().hasShape()) {
            return dtype + " of unknown rank";
        }
        return dtype
                + value.getType().getTensorType().getShape().getDimList().stream()
                        .map(ModelInspection::dim)
                        .collect(Collectors.joining(",", "[", "]"));
    }

    private static String dim(Dimension dim) {
        return switch (dim.getValueCase()) {
            case DIM_VALUE -> Long.toString(dim.getDimValue());
            case DIM_PARAM -> Finding.printable(dim.getDimParam());
            case VALUE_NOT_SET -> "?";
        };
    }

    static SortedMap<String, Long> operators(List<NodeProto> nodes) {
        SortedMap<String, Long> counts = new TreeMap<>();
        count(nodes, counts);
        return counts;
    }

    /** Deep recursion cannot happen: the parser refuses messages that lie within each other more than 100 deep. */
    private static void count(List<NodeProto> nodes, SortedMap<String, Long> counts) {
        for (NodeProto node : nodes) {
            counts.merge(operator(node), 1L, Long::sum);
            for (AttributeProto attribute : node.getAttributeList()) {
                count(attribute.getG().getNodeList(), counts);
                attribute.getGraphsList().forEach(graph -> count(graph.getNodeList(), counts));
            }
        }
    }

    static String operator(NodeProto node) {
        String domain = ProtoNodes.domain(node.getDomain());
        return Finding.printable((domain.isEmpty() ? "" : domain + ".") + node.getOpType());
    }

    private static ModelSummary.Body body(FunctionProto function) {
        String name = function.getDomain() + "." + function.getName()
                + (function.getOverload().isEmpty() ? "" : ":" + function.getOverload());
        return new ModelSummary.Body(
                Finding.printable(name), function.getNodeCount(), operators(function.getNodeList()));
    }

    private SortedMap<String, ModelSummary.Parameters> parameters() {
        SortedMap<String, ModelSummary.Parameters> parameters = new TreeMap<>();
        for (TensorProto tensor : proto.getGraph().getInitializerList()) {
            try {
                long elements = elements(tensor);
                parameters.merge(
                        ElementTypes.name(tensor.getDataType()),
                        new ModelSummary.Parameters(1, elements, ElementTypes.bytes(tensor.getDataType(), elements)),
                        ModelSummary.Parameters::plus);
            } catch (ArithmeticException e) {
                throw new GraphException("tensor " + tensor.getName() + ": shape " + tensor.getDimsList()
                        + " has more bytes than a file can have");
            }
        }
        return parameters;
    }

    private static long elements(TensorProto tensor) {
        long elements = 1;
        for (long length : tensor.getDimsList()) {
            if (length < 0) {
                throw new GraphException("tensor " + tensor.getName() + ": axis lengths must be at least 0, got "
                        + tensor.getDimsList());
            }
            elements = Math.multiplyExact(elements, length);
        }
        return elements;
    }
}
