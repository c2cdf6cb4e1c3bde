package dev.heddle.exporter.onnx;

import dev.heddle.exporter.proto.FunctionProto;
import dev.heddle.exporter.proto.ModelProto;
import dev.heddle.exporter.proto.NodeProto;
import dev.heddle.exporter.proto.StringStringEntryProto;
import dev.heddle.exporter.proto.TensorProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Compares two model files, part by part; nodes, functions and constants by their names. */
final class ModelDifference {

    private static final int LONGEST_VALUE = 60;

    private final Path leftFile;
    private final ModelProto left;
    private final Path rightFile;
    private final ModelProto right;
    private final List<String> lines = new ArrayList<>();

    ModelDifference(Path leftFile, ModelProto left, Path rightFile, ModelProto right) {
        this.leftFile = leftFile;
        this.left = left;
        this.rightFile = rightFile;
        this.right = right;
    }

    /** One for each difference, in the order of the file format. */
    List<String> lines() throws IOException {
        compare("IR version", left.getIrVersion(), right.getIrVersion());
        compare("producer", producer(left), producer(right));
        compare("opset ", opsets(left), opsets(right));
        compare("metadata ", metadata(left), metadata(right));
        compare("inputs", inputs(left), inputs(right));
        compare("outputs", outputs(left), outputs(right));
        compare(
                "operator ",
                ModelInspection.operators(left.getGraph().getNodeList()),
                ModelInspection.operators(right.getGraph().getNodeList()));
        compareParts("node ", nodes(left), nodes(right));
        compareParts("function ", functions(left), functions(right));
        compareConstants();
        return lines;
    }

    private void compare(String what, Object one, Object other) {
        if (!one.equals(other)) {
            add(what + ": " + shortened(one) + ", " + shortened(other));
        }
    }

    private void compare(String what, SortedMap<String, ?> one, SortedMap<String, ?> other) {
        for (String key : keys(one, other)) {
            Object before = one.get(key);
            Object after = other.get(key);
            if (!Objects.equals(before, after)) {
                add(what + (key.isEmpty() ? "ai.onnx" : key) + ": "
                        + (before == null ? "none" : shortened(before)) + ", "
                        + (after == null ? "none" : shortened(after)));
            }
        }
    }

    /** Parts too large to print: only which of them differ is told. */
    private void compareParts(String what, SortedMap<String, ?> one, SortedMap<String, ?> other) {
        for (String key : keys(one, other)) {
            if (!one.containsKey(key) || !other.containsKey(key)) {
                add(what + key + ": only in the " + (one.containsKey(key) ? "first" : "second"));
            } else if (!Objects.equals(one.get(key), other.get(key))) {
                add(what + key + ": operator, inputs, outputs or attributes differ");
            }
        }
    }

    private void compareConstants() throws IOException {
        SortedMap<String, TensorProto> one = constants(left);
        SortedMap<String, TensorProto> other = constants(right);
        for (String name : keys(one, other)) {
            TensorProto before = one.get(name);
            TensorProto after = other.get(name);
            if (before == null || after == null) {
                add("constant " + name + ": only in the " + (after == null ? "first" : "second"));
            } else if (!type(before).equals(type(after))) {
                add("constant " + name + ": " + type(before) + ", " + type(after));
            } else if (!ConstantBytes.equal(leftFile, before, rightFile, after)) {
                add("constant " + name + ": " + type(before) + " of other values");
            }
        }
    }

    private void add(String line) {
        lines.add(Finding.printable(line));
    }

    private static TreeSet<String> keys(SortedMap<String, ?> one, SortedMap<String, ?> other) {
        TreeSet<String> keys = new TreeSet<>(one.keySet());
        keys.addAll(other.keySet());
        return keys;
    }

    private static String shortened(Object value) {
        String text = value.toString();
        return text.length() > LONGEST_VALUE ? text.substring(0, LONGEST_VALUE) + "..." : text;
    }

    private static String producer(ModelProto model) {
        return model.getProducerName() + " " + model.getProducerVersion();
    }

    private static SortedMap<String, Long> opsets(ModelProto model) {
        SortedMap<String, Long> opsets = new TreeMap<>();
        model.getOpsetImportList()
                .forEach(opset -> opsets.put(ProtoNodes.domain(opset.getDomain()), opset.getVersion()));
        return opsets;
    }

    private static SortedMap<String, String> metadata(ModelProto model) {
        SortedMap<String, String> metadata = new TreeMap<>();
        for (StringStringEntryProto entry : model.getMetadataPropsList()) {
            metadata.put(entry.getKey(), entry.getValue());
        }
        return metadata;
    }

    private static Map<String, String> inputs(ModelProto model) {
        return types(ModelInspection.values(model.getGraph().getInputList()));
    }

    private static Map<String, String> outputs(ModelProto model) {
        return types(ModelInspection.values(model.getGraph().getOutputList()));
    }

    private static Map<String, String> types(List<ModelSummary.Value> values) {
        Map<String, String> types = new LinkedHashMap<>();
        values.forEach(value -> types.put(value.name(), value.type()));
        return types;
    }

    /** Nodes without a name are told apart by what they compute. */
    private static SortedMap<String, NodeProto> nodes(ModelProto model) {
        return byName(
                model.getGraph().getNodeList().stream()
                        .map(node -> node.toBuilder().clearDocString().build())
                        .toList(),
                node -> node.getName().isEmpty() ? "of " + node.getOutputList() : node.getName());
    }

    private static SortedMap<String, FunctionProto> functions(ModelProto model) {
        return byName(
                model.getFunctionsList(),
                function -> function.getDomain() + "." + function.getName() + ":" + function.getOverload());
    }

    private static SortedMap<String, TensorProto> constants(ModelProto model) {
        return byName(model.getGraph().getInitializerList(), TensorProto::getName);
    }

    private static <T> SortedMap<String, T> byName(List<T> parts, Function<T, String> name) {
        SortedMap<String, T> byName = new TreeMap<>();
        parts.forEach(part -> byName.put(name.apply(part), part));
        return byName;
    }

    private static String type(TensorProto tensor) {
        return ElementTypes.name(tensor.getDataType())
                + tensor.getDimsList().toString().replace(", ", ",");
    }
}
