package dev.heddle.exporter.op;

import dev.heddle.exporter.graph.Call;
import dev.heddle.exporter.graph.Contents;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.Typed;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Inference for operators that pick elements. */
final class IndexRules {

    private IndexRules() {}

    static List<Typed> slice(Call call) {
        Shape shape = call.shape(0);
        List<Dim> starts = call.elements(1).orElseThrow(() -> call.refused("starts must be computable"));
        List<Dim> ends = call.elements(2).orElseThrow(() -> call.refused("ends must be computable"));
        List<Long> axes = call.has(3)
                ? call.constants(3)
                : LongStream.range(0, starts.size()).boxed().toList();
        if (call.has(4) && call.constants(4).stream().anyMatch(step -> step != 1)) {
            throw call.refused("steps must be 1, got " + call.constants(4));
        }
        if (starts.size() != axes.size() || ends.size() != axes.size()) {
            throw call.refused("starts, ends and axes must have the same length, got " + starts.size() + ", "
                    + ends.size() + " and " + axes.size());
        }
        Shape result = shape;
        for (int i = 0; i < axes.size(); i++) {
            int axis = call.axis(axes.get(i), shape.rank());
            result = result.with(axis, SliceLength.of(call, shape.dim(axis), starts.get(i), ends.get(i)));
        }
        return List.of(new Typed(Typed.of(call.dtype(0), result).type(), contents(call, starts, ends)));
    }

    private static Contents contents(Call call, List<Dim> starts, List<Dim> ends) {
        if (call.elements(0).isEmpty()
                || starts.size() != 1
                || !starts.get(0).isFixed()
                || !ends.get(0).isFixed()) {
            return new Contents.Unknown();
        }
        List<Dim> elements = call.elements(0).get();
        int from = clamp(starts.get(0).constant(), elements.size());
        int to = clamp(ends.get(0).constant(), elements.size());
        return new Contents.Known(from < to ? elements.subList(from, to) : List.of());
    }

    private static int clamp(long index, int length) {
        return (int) Math.max(0, Math.min(length, index < 0 ? index + length : index));
    }

    static List<Typed> gather(Call call) {
        Shape data = call.shape(0);
        Shape indices = call.shape(1);
        requireIndices(call);
        int axis = call.axis(call.integer("axis", 0), data.rank());
        List<Dim> dims = new ArrayList<>(data.dims().subList(0, axis));
        dims.addAll(indices.dims());
        dims.addAll(data.dims().subList(axis + 1, data.rank()));
        return List.of(new Typed(Typed.of(call.dtype(0), new Shape(dims)).type(), picked(call)));
    }

    private static Contents picked(Call call) {
        if (call.elements(0).isEmpty() || call.elements(1).isEmpty()) {
            return new Contents.Unknown();
        }
        List<Dim> elements = call.elements(0).get();
        List<Dim> chosen = new ArrayList<>();
        for (Dim index : call.elements(1).get()) {
            if (!index.isFixed()) {
                return new Contents.Unknown();
            }
            chosen.add(elements.get(call.axis(index.constant(), elements.size())));
        }
        return new Contents.Known(chosen);
    }

    static List<Typed> gatherElements(Call call) {
        requireIndices(call);
        if (call.shape(0).rank() != call.shape(1).rank()) {
            throw call.refused(
                    "data and indices must have the same rank, got " + call.shape(0) + " and " + call.shape(1));
        }
        call.axis(call.integer("axis", 0), call.shape(0).rank());
        return List.of(Typed.of(call.dtype(0), call.shape(1)));
    }

    private static void requireIndices(Call call) {
        if (call.dtype(1) != DType.INT64 && call.dtype(1) != DType.INT32) {
            throw call.refused("indices must be int64 or int32, got " + call.type(1));
        }
    }
}
