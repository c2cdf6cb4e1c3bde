package dev.heddle.exporter.op;

import dev.heddle.exporter.graph.Call;
import dev.heddle.exporter.graph.Contents;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.graph.Typed;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;

/** Inference for operators that work element by element. */
final class ElementwiseRules {

    private ElementwiseRules() {}

    static List<Typed> same(Call call) {
        return List.of(new Typed(call.type(0)));
    }

    /** The same value, known contents included. */
    static List<Typed> identity(Call call) {
        return List.of(call.input(0));
    }

    static List<Typed> negate(Call call) {
        Contents contents = call.elements(0)
                .<Contents>map(elements -> new Contents.Known(
                        elements.stream().map(element -> element.times(-1)).toList()))
                .orElseGet(Contents.Unknown::new);
        return List.of(new Typed(call.type(0), contents));
    }

    static List<Typed> arithmetic(Call call) {
        call.requireSameDType(0, 1);
        Shape shape = Broadcast.of(call, call.shape(0), call.shape(1));
        return List.of(new Typed(new TensorType(call.dtype(0), shape), combined(call)));
    }

    private static Contents combined(Call call) {
        Optional<List<Dim>> a = call.elements(0);
        Optional<List<Dim>> b = call.elements(1);
        Optional<BinaryOperator<Dim>> operator =
                switch (call.schema().name()) {
                    case "Add" -> Optional.of(Dim::plus);
                    case "Sub" -> Optional.of(Dim::minus);
                    case "Mul" -> Optional.of(Dim::times);
                    default -> Optional.empty();
                };
        if (a.isEmpty() || b.isEmpty() || operator.isEmpty()) {
            return new Contents.Unknown();
        }
        if (a.get().isEmpty() || b.get().isEmpty()) {
            return new Contents.Known(List.of());
        }
        int count = Math.max(a.get().size(), b.get().size());
        return new Contents.Known(IntStream.range(0, count)
                .mapToObj(i -> operator.get()
                        .apply(
                                a.get().get(i % a.get().size()),
                                b.get().get(i % b.get().size())))
                .toList());
    }

    static List<Typed> compare(Call call) {
        call.requireSameDType(0, 1);
        return List.of(Typed.of(DType.BOOL, Broadcast.of(call, call.shape(0), call.shape(1))));
    }

    static List<Typed> logical(Call call) {
        for (int i = 0; i < call.inputs().size(); i++) {
            if (call.dtype(i) != DType.BOOL) {
                throw call.refused("inputs must be bool, got " + call.type(i));
            }
        }
        return compare(call);
    }

    static List<Typed> not(Call call) {
        if (call.dtype(0) != DType.BOOL) {
            throw call.refused("input must be bool, got " + call.type(0));
        }
        return same(call);
    }

    static List<Typed> where(Call call) {
        if (call.dtype(0) != DType.BOOL) {
            throw call.refused("condition must be bool, got " + call.type(0));
        }
        call.requireSameDType(1, 2);
        Shape branches = Broadcast.of(call, call.shape(1), call.shape(2));
        return List.of(Typed.of(call.dtype(1), Broadcast.of(call, call.shape(0), branches)));
    }

    static List<Typed> cast(Call call) {
        int number = Math.toIntExact(call.integer("to", 0));
        DType to = DType.ofOnnxNumber(number)
                .orElseThrow(() -> call.refused("to must be an element type that graphs use, got number " + number));
        Contents contents = to == DType.INT64 ? call.input(0).contents() : new Contents.Unknown();
        return List.of(new Typed(new TensorType(to, call.shape(0)), contents));
    }

    static List<Typed> softmax(Call call) {
        call.axis(call.integer("axis", -1), call.shape(0).rank());
        return floating(call);
    }

    static List<Typed> floating(Call call) {
        if (!call.dtype(0).isFloat()) {
            throw call.refused("input must be of a float type, got " + call.type(0));
        }
        return same(call);
    }
}
