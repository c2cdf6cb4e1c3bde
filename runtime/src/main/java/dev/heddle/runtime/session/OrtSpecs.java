package dev.heddle.runtime.session;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.TensorInfo;
import dev.heddle.runtime.ModelFormatException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Reads the declared inputs and outputs of a model from ONNX Runtime's own description. */
final class OrtSpecs {
    private OrtSpecs() {}

    static List<TensorSpec> of(Path model, Collection<NodeInfo> nodes) {
        return nodes.stream().map(node -> spec(model, node)).toList();
    }

    private static TensorSpec spec(Path model, NodeInfo node) {
        if (!(node.getInfo() instanceof TensorInfo info)) {
            throw new ModelFormatException(
                    "%s: %s must be a tensor, got %s".formatted(model, node.getName(), node.getInfo()));
        }
        DType dtype = DType.of(info.type)
                .orElseThrow(() -> new ModelFormatException("%s: %s has element type %s, expected one of %s"
                        .formatted(model, node.getName(), info.type, Arrays.toString(DType.values()))));
        long[] shape = info.getShape();
        String[] names = info.getDimensionNames();
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < shape.length; axis++) {
            dims.add(shape[axis] >= 0 ? new Dim.Fixed(shape[axis]) : new Dim.Symbolic(names[axis]));
        }
        return new TensorSpec(node.getName(), dtype, dims);
    }
}
