package dev.heddle.exporter.op;

import dev.heddle.exporter.graph.Call;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.graph.Typed;
import java.util.ArrayList;
import java.util.List;

/** Inference for matrix products, convolution, reductions and the composed operators of opset 23. */
final class MatrixRules {

    private MatrixRules() {}

    static List<Typed> matMul(Call call) {
        call.requireSameDType(0, 1);
        Shape a = call.shape(0);
        Shape b = call.shape(1);
        if (a.rank() < 2 || b.rank() < 2 || !a.dim(-1).equals(b.dim(-2))) {
            throw call.refused("shapes " + a + " and " + b + " have no matrix product");
        }
        Shape batch = Broadcast.of(call, withoutMatrix(a), withoutMatrix(b));
        List<Dim> dims = new ArrayList<>(batch.dims());
        dims.add(a.dim(-2));
        dims.add(b.dim(-1));
        return List.of(Typed.of(call.dtype(0), new Shape(dims)));
    }

    private static Shape withoutMatrix(Shape shape) {
        return new Shape(shape.dims().subList(0, shape.rank() - 2));
    }

    static List<Typed> gemm(Call call) {
        call.requireSameDType(0, 1);
        if (call.shape(0).rank() != 2 || call.shape(1).rank() != 2) {
            throw call.refused("A and B must be matrices, got " + call.shape(0) + " and " + call.shape(1));
        }
        Shape a = call.integer("transA", 0) == 0 ? call.shape(0) : swapped(call.shape(0));
        Shape b = call.integer("transB", 0) == 0 ? call.shape(1) : swapped(call.shape(1));
        if (!a.dim(1).equals(b.dim(0))) {
            throw call.refused("shapes " + a + " and " + b + " have no matrix product");
        }
        Shape product = Shape.of(a.dim(0), b.dim(1));
        if (call.has(2) && !Broadcast.of(call, call.shape(2), product).equals(product)) {
            throw call.refused("C must broadcast to " + product + ", got " + call.shape(2));
        }
        return List.of(Typed.of(call.dtype(0), product));
    }

    private static Shape swapped(Shape shape) {
        return Shape.of(shape.dim(1), shape.dim(0));
    }

    /** Two spatial axes, stride and dilation 1. */
    static List<Typed> conv(Call call) {
        call.requireSameDType(0, 1);
        Shape x = call.shape(0);
        Shape w = call.shape(1);
        long group = call.integer("group", 1);
        List<Long> pads = call.integers("pads").orElse(List.of(0L, 0L, 0L, 0L));
        if (x.rank() != 4 || w.rank() != 4 || pads.size() != 4) {
            throw call.refused(
                    "input and weight must have rank 4 and pads 4 numbers, got " + x + ", " + w + " and " + pads);
        }
        boolean fits = group > 0
                && w.isFixed()
                && w.dim(1).times(group).equals(x.dim(1))
                && w.dim(0).constant() % group == 0;
        if (!fits) {
            throw call.refused("channels of " + x + " and weight " + w + " do not fit " + group + " groups");
        }
        Shape result = x.with(1, w.dim(0));
        for (int i = 0; i < 2; i++) {
            Dim padded = x.dim(2 + i).plus(Dim.of(pads.get(i) + pads.get(i + 2)));
            result = result.with(2 + i, padded.minus(w.dim(2 + i)).plus(Dim.of(1)));
        }
        return List.of(Typed.of(call.dtype(0), result));
    }

    static List<Typed> reduce(Call call) {
        Shape shape = call.shape(0);
        Shape result = shape;
        for (long axis : call.constants(1)) {
            result = result.with(call.axis(axis, shape.rank()), Dim.of(1));
        }
        if (call.integer("keepdims", 1) != 1) {
            throw call.refused("keepdims must be 1, got " + call.integer("keepdims", 1));
        }
        return List.of(Typed.of(call.dtype(0), result));
    }

    static List<Typed> rmsNormalization(Call call) {
        Shape shape = call.shape(0);
        if (call.axis(call.integer("axis", -1), shape.rank()) != shape.rank() - 1) {
            throw call.refused("axis must be the last of " + shape + ", got " + call.integer("axis", -1));
        }
        if (!call.shape(1).equals(Shape.of(shape.dim(-1)))) {
            throw call.refused("scale must have shape [" + shape.dim(-1) + "], got " + call.shape(1));
        }
        return List.of(new Typed(call.type(0)));
    }

    /** X [batch, heads, length, size], caches [batch, length, size / 2]. */
    static List<Typed> rotaryEmbedding(Call call) {
        Shape x = call.shape(0);
        for (int table = 1; table <= 2; table++) {
            Shape cache = call.shape(table);
            boolean fits = x.rank() == 4
                    && cache.rank() == 3
                    && cache.dim(0).equals(x.dim(0))
                    && cache.dim(1).equals(x.dim(2))
                    && cache.dim(2).times(2).equals(x.dim(3));
            if (!fits) {
                throw call.refused("input " + x + " needs tables of [batch, length, size / 2], got " + cache);
            }
            call.requireSameDType(0, table);
        }
        return List.of(new Typed(call.type(0)));
    }

    /** Q [batch, heads, q_len, size], K and V [batch, kv_heads, q_len, size], mask over past and new keys. */
    static List<Typed> attention(Call call) {
        Shape q = call.shape(0);
        Shape k = call.shape(1);
        Shape v = call.shape(2);
        boolean ranks = q.rank() == 4 && k.rank() == 4 && v.rank() == 4;
        if (!ranks || !q.dim(3).equals(k.dim(3)) || !k.with(3, v.dim(3)).equals(v)) {
            throw call.refused("queries " + q + ", keys " + k + " and values " + v + " do not fit");
        }
        long keyHeads = k.dim(1).fixed().orElse(0);
        if (keyHeads < 1 || q.dim(1).fixed().orElse(1) % keyHeads != 0) {
            throw call.refused(
                    "query heads must be a multiple of key/value heads, got " + q.dim(1) + " and " + k.dim(1));
        }
        Dim past = call.has(4) ? call.shape(4).dim(2) : Dim.of(0);
        Dim total = past.plus(k.dim(2));
        Shape scores = Shape.of(q.dim(0), q.dim(1), q.dim(2), total);
        if (call.has(3)) {
            requireMask(call, scores);
        }
        TensorType presentKey = new TensorType(call.dtype(1), k.with(2, total));
        TensorType presentValue = new TensorType(call.dtype(2), v.with(2, total));
        List<Typed> outputs = List.of(
                Typed.of(call.dtype(0), q.with(3, v.dim(3))),
                new Typed(presentKey),
                new Typed(presentValue),
                Typed.of(call.dtype(0), scores));
        return outputs.subList(0, call.outputCount());
    }

    private static void requireMask(Call call, Shape scores) {
        if (call.dtype(3) != DType.BOOL
                || !Broadcast.of(call, call.shape(3), scores).equals(scores)) {
            throw call.refused("mask must be bool and broadcast to " + scores + ", got " + call.type(3));
        }
    }
}
