package dev.heddle.exporter.op;

import dev.heddle.exporter.graph.Call;
import dev.heddle.exporter.graph.Contents;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.Typed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Inference for operators that change shapes and leave elements alone. */
final class ShapeRules {

    private ShapeRules() {}

    static List<Typed> shape(Call call) {
        int rank = call.shape(0).rank();
        int from = clamp(call.integer("start", 0), rank);
        int to = clamp(call.integer("end", rank), rank);
        List<Dim> dims = call.shape(0).dims().subList(from, to);
        return List.of(new Typed(Typed.of(DType.INT64, Shape.of(dims.size())).type(), new Contents.Known(dims)));
    }

    private static int clamp(long index, int rank) {
        return (int) Math.max(0, Math.min(rank, index < 0 ? index + rank : index));
    }

    static List<Typed> reshape(Call call) {
        List<Dim> wanted = call.elements(1).orElseThrow(() -> call.refused("the target shape must be computable"));
        if (call.integer("allowzero", 0) != 0) {
            throw call.refused("allowzero must be 0, got " + call.integer("allowzero", 0));
        }
        List<Dim> result = new ArrayList<>();
        int open = -1;
        for (int i = 0; i < wanted.size(); i++) {
            if (wanted.get(i).is(-1)) {
                if (open >= 0) {
                    throw call.refused("only one axis may be -1, got " + wanted);
                }
                open = i;
            }
            boolean copied = wanted.get(i).is(0);
            if (copied && i >= call.shape(0).rank()) {
                throw call.refused("axis " + i + " is copied from " + call.shape(0) + ", which has none there");
            }
            result.add(copied ? call.shape(0).dim(i) : wanted.get(i));
        }
        DimProduct input = DimProduct.of(call.shape(0).dims());
        if (open >= 0) {
            List<Dim> others = new ArrayList<>(result);
            others.remove(open);
            result.set(open, input.dividedBy(DimProduct.of(others)).orElseThrow(() -> cannotReshape(call, wanted)));
        } else if (!input.equals(DimProduct.of(result))) {
            throw cannotReshape(call, wanted);
        }
        return List.of(Typed.of(call.dtype(0), new Shape(result)));
    }

    private static RuntimeException cannotReshape(Call call, List<Dim> wanted) {
        return call.refused("shape " + call.shape(0) + " cannot become " + wanted);
    }

    static List<Typed> transpose(Call call) {
        Shape shape = call.shape(0);
        List<Long> order = call.integers("perm").orElseThrow(() -> call.refused("attribute perm is missing"));
        List<Long> sorted = order.stream().sorted().toList();
        if (!sorted.equals(
                IntStream.range(0, shape.rank()).mapToObj(i -> (long) i).toList())) {
            throw call.refused("perm must name each axis of " + shape + " once, got " + order);
        }
        return List.of(Typed.of(
                call.dtype(0),
                new Shape(order.stream().map(axis -> shape.dim(axis.intValue())).toList())));
    }

    static List<Typed> concat(Call call) {
        Shape first = call.shape(0);
        int axis = call.axis(call.integer("axis", 0), first.rank());
        Dim length = Dim.of(0);
        List<Dim> elements = new ArrayList<>();
        boolean known = true;
        for (int i = 0; i < call.inputs().size(); i++) {
            Shape shape = call.shape(i);
            if (shape.rank() != first.rank() || !shape.with(axis, Dim.of(0)).equals(first.with(axis, Dim.of(0)))) {
                throw call.refused("inputs must agree but for axis " + axis + ", got " + first + " and " + shape);
            }
            call.requireSameDType(0, i);
            length = length.plus(shape.dim(axis));
            Optional<List<Dim>> part = call.elements(i);
            known &= part.isPresent() && first.rank() == 1;
            part.ifPresent(elements::addAll);
        }
        Typed typed = Typed.of(call.dtype(0), first.with(axis, length));
        return List.of(known ? new Typed(typed.type(), new Contents.Known(elements)) : typed);
    }

    static List<Typed> split(Call call) {
        Shape shape = call.shape(0);
        int axis = call.axis(call.integer("axis", 0), shape.rank());
        if (call.has(1)) {
            return splitAt(call, axis);
        }
        long parts = call.integer("num_outputs", 0);
        long length = shape.dim(axis)
                .fixed()
                .orElseThrow(() -> call.refused("axis " + axis + " of " + shape + " must have a fixed length"));
        if (parts != call.outputCount() || length % parts != 0) {
            throw call.refused("axis " + axis + " of " + shape + " must split evenly into " + call.outputCount()
                    + " outputs, num_outputs is " + parts);
        }
        Typed part = Typed.of(call.dtype(0), shape.with(axis, Dim.of(length / parts)));
        return IntStream.range(0, call.outputCount()).mapToObj(i -> part).toList();
    }

    private static List<Typed> splitAt(Call call, int axis) {
        Shape shape = call.shape(0);
        List<Long> lengths = call.constants(1);
        long sum = lengths.stream().mapToLong(Long::longValue).sum();
        if (lengths.size() != call.outputCount() || !shape.dim(axis).is(sum)) {
            throw call.refused("axis " + axis + " of " + shape + " must split into " + call.outputCount()
                    + " outputs, got lengths " + lengths);
        }
        return lengths.stream()
                .map(length -> Typed.of(call.dtype(0), shape.with(axis, Dim.of(length))))
                .toList();
    }

    static List<Typed> unsqueeze(Call call) {
        List<Long> axes = call.constants(1);
        int rank = call.shape(0).rank() + axes.size();
        List<Integer> places = axes.stream()
                .map(axis -> call.axis(axis, rank))
                .distinct()
                .sorted()
                .toList();
        if (places.size() != axes.size()) {
            throw call.refused("axes must differ, got " + axes);
        }
        List<Dim> dims = new ArrayList<>(call.shape(0).dims());
        places.forEach(place -> dims.add(place, Dim.of(1)));
        return List.of(new Typed(
                Typed.of(call.dtype(0), new Shape(dims)).type(), call.input(0).contents()));
    }

    static List<Typed> squeeze(Call call) {
        Shape shape = call.shape(0);
        List<Integer> axes = call.constants(1).stream()
                .map(axis -> call.axis(axis, shape.rank()))
                .toList();
        List<Dim> dims = new ArrayList<>();
        for (int i = 0; i < shape.rank(); i++) {
            if (!axes.contains(i)) {
                dims.add(shape.dim(i));
            } else if (!shape.dim(i).is(1)) {
                throw call.refused("axis " + i + " of " + shape + " must have length 1");
            }
        }
        return List.of(new Typed(
                Typed.of(call.dtype(0), new Shape(dims)).type(), call.input(0).contents()));
    }

    static List<Typed> expand(Call call) {
        List<Dim> wanted = call.elements(1).orElseThrow(() -> call.refused("the target shape must be computable"));
        return List.of(Typed.of(call.dtype(0), Broadcast.of(call, call.shape(0), new Shape(wanted))));
    }

    static List<Typed> range(Call call) {
        List<Dim> start = call.elements(0).orElseThrow(() -> call.refused("start must be computable"));
        List<Dim> limit = call.elements(1).orElseThrow(() -> call.refused("limit must be computable"));
        if (start.size() != 1 || limit.size() != 1) {
            throw call.refused("start and limit must be scalars, got " + call.shape(0) + " and " + call.shape(1));
        }
        if (!call.constants(2).equals(List.of(1L))) {
            throw call.refused("delta must be 1, got " + call.constants(2));
        }
        return List.of(Typed.of(DType.INT64, Shape.of(limit.get(0).minus(start.get(0)))));
    }

    static List<Typed> pad(Call call) {
        if (call.has(3)) {
            throw call.refused("axes must be left out, all axes are padded");
        }
        List<Long> pads = call.constants(1);
        int rank = call.shape(0).rank();
        if (pads.size() != 2 * rank) {
            throw call.refused("pads must have " + 2 * rank + " numbers, got " + pads.size());
        }
        List<Dim> dims = IntStream.range(0, rank)
                .mapToObj(i -> call.shape(0).dim(i).plus(Dim.of(pads.get(i) + pads.get(i + rank))))
                .toList();
        return List.of(Typed.of(call.dtype(0), new Shape(dims)));
    }
}
