package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.FunctionId;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.proto.FunctionProto;
import dev.heddle.exporter.proto.OperatorSetIdProto;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Model-local functions to protobuf and back. */
final class ProtoFunctions {

    private ProtoFunctions() {}

    /** @param opsets of the model; the function imports those that it uses */
    static FunctionProto toProto(Function function, Map<String, Integer> opsets) {
        FunctionProto.Builder proto = FunctionProto.newBuilder()
                .setDomain(function.id().domain())
                .setName(function.id().name())
                .addAllInput(function.inputs())
                .addAllOutput(function.outputs())
                .addAllAttribute(function.attributes());
        if (!function.doc().isEmpty()) {
            proto.setDocString(function.doc());
        }
        if (!function.id().overload().isEmpty()) {
            proto.setOverload(function.id().overload());
        }
        function.nodes().forEach(node -> proto.addNode(ProtoNodes.toProto(node)));
        domains(function).forEach(domain -> {
            Integer version = opsets.get(domain);
            if (version == null) {
                throw new GraphException(function.id() + ": the model imports no opset of domain '" + domain + "'");
            }
            proto.addOpsetImport(opset(domain, version));
        });
        return proto.build();
    }

    static OperatorSetIdProto opset(String domain, int version) {
        return OperatorSetIdProto.newBuilder()
                .setDomain(domain)
                .setVersion(version)
                .build();
    }

    /** Domains that the function's nodes call. */
    static SortedSet<String> domains(Function function) {
        SortedSet<String> domains = new TreeSet<>();
        function.nodes().forEach(node -> domains.add(node.domain()));
        return domains;
    }

    /** @param opsets of the model; a function that imports others cannot be read */
    static Function fromProto(FunctionProto proto, Map<String, Integer> opsets) {
        FunctionId id = new FunctionId(ProtoNodes.domain(proto.getDomain()), proto.getName(), proto.getOverload());
        if (proto.getAttributeProtoCount() > 0) {
            throw new GraphException("function " + id + ": attribute "
                    + proto.getAttributeProto(0).getName() + " has a default, which Heddle does not read");
        }
        List<Node> nodes =
                proto.getNodeList().stream().map(ProtoNodes::fromProto).toList();
        Function function = new Function(
                id, proto.getInputList(), proto.getOutputList(), proto.getAttributeList(), nodes, proto.getDocString());
        SortedMap<String, Integer> own = opsets(proto.getOpsetImportList(), "function " + id);
        own.forEach((domain, version) -> {
            if (!version.equals(opsets.getOrDefault(domain, version))) {
                throw new GraphException("function " + id + ": imports opset " + version + " of domain '" + domain
                        + "', the model " + opsets.get(domain));
            }
        });
        for (String domain : domains(function)) {
            if (!own.containsKey(domain)) {
                throw new GraphException("function " + id + ": imports no opset of domain '" + domain + "'");
            }
        }
        return function;
    }

    /** Versions by domain; {@code ai.onnx} is the long name of the empty domain. */
    static SortedMap<String, Integer> opsets(List<OperatorSetIdProto> imports, String where) {
        SortedMap<String, Integer> opsets = new TreeMap<>();
        for (OperatorSetIdProto opset : imports) {
            String domain = ProtoNodes.domain(opset.getDomain());
            if (opset.getVersion() < 1 || opset.getVersion() > Integer.MAX_VALUE) {
                throw new GraphException(where + ": opset version of domain '" + domain + "' must be at least 1, got "
                        + opset.getVersion());
            }
            if (opsets.put(domain, (int) opset.getVersion()) != null) {
                throw new GraphException(where + ": imports domain '" + domain + "' more than once");
            }
        }
        return opsets;
    }
}
