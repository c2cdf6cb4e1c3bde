package dev.heddle.exporter.onnx;

import com.google.protobuf.ByteString;
import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.proto.AttributeProto;
import dev.heddle.exporter.proto.NodeProto;
import dev.heddle.ops.OpSchema.AttributeType;
import java.util.TreeMap;

/** Nodes and their attributes to protobuf and back. */
final class ProtoNodes {

    private ProtoNodes() {}

    static NodeProto toProto(Node node) {
        NodeProto.Builder proto = NodeProto.newBuilder()
                .setName(node.name())
                .setOpType(node.opType())
                .addAllInput(node.inputs())
                .addAllOutput(node.outputs());
        if (!node.domain().isEmpty()) {
            proto.setDomain(node.domain());
        }
        if (!node.overload().isEmpty()) {
            proto.setOverload(node.overload());
        }
        if (!node.doc().isEmpty()) {
            proto.setDocString(node.doc());
        }
        node.attributes().forEach((name, value) -> proto.addAttribute(toProto(name, value)));
        return proto.build();
    }

    private static AttributeProto toProto(String name, Attribute value) {
        AttributeProto.Builder proto = AttributeProto.newBuilder().setName(name).setType(protoType(value.type()));
        if (value instanceof Attribute.Int number) {
            proto.setI(number.value());
        } else if (value instanceof Attribute.Real number) {
            proto.setF(number.value());
        } else if (value instanceof Attribute.Text text) {
            proto.setS(ByteString.copyFromUtf8(text.value()));
        } else if (value instanceof Attribute.Ints numbers) {
            proto.addAllInts(numbers.values());
        } else if (value instanceof Attribute.Tensor tensor) {
            proto.setT(ProtoTensors.inline("", tensor.value()));
        } else if (value instanceof Attribute.Reference reference) {
            proto.setRefAttrName(reference.name());
        }
        return proto.build();
    }

    private static AttributeProto.AttributeType protoType(AttributeType type) {
        return switch (type) {
            case INT -> AttributeProto.AttributeType.INT;
            case FLOAT -> AttributeProto.AttributeType.FLOAT;
            case STRING -> AttributeProto.AttributeType.STRING;
            case INTS -> AttributeProto.AttributeType.INTS;
            case FLOATS -> AttributeProto.AttributeType.FLOATS;
            case TENSOR -> AttributeProto.AttributeType.TENSOR;
        };
    }

    static Node fromProto(NodeProto proto) {
        TreeMap<String, Attribute> attributes = new TreeMap<>();
        for (AttributeProto attribute : proto.getAttributeList()) {
            if (attributes.put(attribute.getName(), fromProto(attribute, proto.getName())) != null) {
                throw new GraphException(
                        "node " + proto.getName() + ": attribute " + attribute.getName() + " is given more than once");
            }
        }
        return new Node(
                proto.getName(),
                domain(proto.getDomain()),
                proto.getOpType(),
                proto.getOverload(),
                proto.getInputList(),
                proto.getOutputList(),
                attributes,
                proto.getDocString());
    }

    /** ONNX's own domain is empty; {@code ai.onnx} is another name of it. */
    static String domain(String name) {
        return name.equals("ai.onnx") ? "" : name;
    }

    private static Attribute fromProto(AttributeProto proto, String node) {
        AttributeType type =
                switch (proto.getType()) {
                    case INT -> AttributeType.INT;
                    case FLOAT -> AttributeType.FLOAT;
                    case STRING -> AttributeType.STRING;
                    case INTS -> AttributeType.INTS;
                    case TENSOR -> AttributeType.TENSOR;
                    case FLOATS -> AttributeType.FLOATS;
                    default -> throw unreadable(proto, node);
                };
        if (!proto.getRefAttrName().isEmpty()) {
            return new Attribute.Reference(proto.getRefAttrName(), type);
        }
        return switch (type) {
            case INT -> new Attribute.Int(proto.getI());
            case FLOAT -> new Attribute.Real(proto.getF());
            case STRING -> new Attribute.Text(proto.getS().toStringUtf8());
            case INTS -> new Attribute.Ints(proto.getIntsList());
            case TENSOR -> new Attribute.Tensor(literal(proto, node));
            case FLOATS -> throw unreadable(proto, node);
        };
    }

    private static Literal literal(AttributeProto proto, String node) {
        try {
            return ProtoTensors.literal(proto.getT());
        } catch (GraphException e) {
            throw new GraphException("node " + node + ": " + e.getMessage());
        }
    }

    private static GraphException unreadable(AttributeProto proto, String node) {
        return new GraphException("node " + node + ": attribute " + proto.getName() + " is of kind " + proto.getType()
                + ", which Heddle does not read");
    }
}
