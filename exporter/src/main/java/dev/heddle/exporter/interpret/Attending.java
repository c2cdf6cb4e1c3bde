package dev.heddle.exporter.interpret;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.rewrite.ScoreOutputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** ONNX's {@code Attention} (opset 23) for inputs of four axes; a row that sees nothing gives zeros. */
final class Attending {

    private Attending() {}

    static List<Tensor> attention(NodeCall call) {
        Tensor query = call.input(0);
        Tensor keys = joined(call.optional(4), call.input(1));
        Tensor values = joined(call.optional(5), call.input(2));
        if (query.rank() != 4
                || call.integer("is_causal", 0) != 0
                || call.attributes().containsKey("softcap")) {
            throw new IllegalArgumentException("Attention of this form is not known: " + call.attributes());
        }
        double scale = call.real("scale", 1 / Math.sqrt(query.dim(3)));
        int group = query.dim(1) / keys.dim(1);
        Tensor scores = Products.matMul(query.map(value -> value * scale), transposed(repeated(keys, group)));
        Tensor weights =
                call.optional(3).map(mask -> masked(scores, mask)).orElseGet(() -> Normalizing.softmaxLast(scores));
        List<Tensor> outputs = new ArrayList<>();
        outputs.add(Products.matMul(weights, repeated(values, group)));
        if (call.outputs() > 1) {
            outputs.add(keys);
            outputs.add(values);
        }
        if (call.outputs() > 3) {
            if (call.integer("qk_matmul_output_mode", 0) != ScoreOutputs.AFTER_SOFTMAX) {
                throw new IllegalArgumentException(
                        "Attention gives scores behind the softmax alone, asked for: " + call.attributes());
            }
            outputs.add(weights);
        }
        return outputs;
    }

    private static Tensor masked(Tensor scores, Tensor mask) {
        if (mask.dtype() != DType.BOOL) {
            Tensor sum = Elementwise.binary(scores, mask, scores.dtype(), Double::sum);
            return Normalizing.softmaxLast(sum);
        }
        Tensor lowest = new Tensor(scores.dtype(), new int[0], new double[] {-Double.MAX_VALUE});
        Tensor weights = Normalizing.softmaxLast(Elementwise.where(mask, scores, lowest));
        Tensor zero = Tensor.zeros(scores.dtype());
        return Elementwise.where(mask, weights, zero);
    }

    private static Tensor joined(Optional<Tensor> past, Tensor fresh) {
        return past.map(before -> Layout.concat(call("Concat", List.of(before, fresh), "axis", new Attribute.Int(2))))
                .orElse(fresh);
    }

    private static Tensor transposed(Tensor x) {
        return Layout.transpose(call("Transpose", List.of(x), "perm", new Attribute.Ints(List.of(0L, 1L, 3L, 2L))));
    }

    /** Each key head for all query heads of its group. */
    private static Tensor repeated(Tensor x, int group) {
        if (group == 1) {
            return x;
        }
        int size = x.dim(2) * x.dim(3);
        Tensor out = Tensor.zeros(x.dtype(), x.dim(0), x.dim(1) * group, x.dim(2), x.dim(3));
        for (int head = 0; head < x.dim(0) * x.dim(1) * group; head++) {
            System.arraycopy(x.data(), head / group * size, out.data(), head * size, size);
        }
        return out;
    }

    private static NodeCall call(String op, List<Tensor> inputs, String name, Attribute value) {
        SortedMap<String, Attribute> attributes = new TreeMap<>();
        attributes.put(name, value);
        return new NodeCall(op, new ArrayList<>(inputs), 1, attributes);
    }
}
