package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Node;
import dev.heddle.runtime.parity.TensorComparison;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the first node where two sides part: some values over the whole graph, then all that the first wrong one is made from, then each of their nodes alone. */
final class Bisection {

    /** Values of the first look; more cost memory, fewer make the stretch longer. */
    private static final int LOOKS = 64;

    private final ValueTrace trace;
    private final Judge judge;

    /** @param judge told of each pair that is looked at; a value may come more than once */
    Bisection(ValueTrace trace, Judge judge) {
        this.trace = trace;
        this.judge = judge;
    }

    /** Compares two values. */
    interface Judge {
        /** In the whole graph. */
        TensorComparison inherited(ValuePair pair);

        /** Made by one node from the expected inputs. */
        TensorComparison own(ValuePair pair);
    }

    /**
     * What was found.
     *
     * @param inherited the first value that differs
     * @param own what the first wrong node up to there makes of the expected inputs; empty if every node alone is right, so that the difference is rounding that
     *     grew, or lies in what the graph is given
     */
    record Found(ValueComparison inherited, Optional<ValueComparison> own) {}

    /** Empty if no value differs. */
    Optional<Found> find() throws IOException {
        List<String> looks = looks();
        Map<String, ValueComparison> wrong = new HashMap<>();
        trace.compare(looks, pair -> keep(pair, judge.inherited(pair), wrong));
        Optional<ValueComparison> bad = firstOf(looks, wrong);
        List<String> suspects = bad.isPresent() ? suspects(bad.get().value(), looks, wrong.keySet()) : trace.names();
        Optional<ValueComparison> inherited = first(suspects).or(() -> bad);
        if (inherited.isEmpty()) {
            return Optional.empty();
        }
        Optional<ValueComparison> own = firstOwn(suspects);
        if (own.isEmpty()) {
            // A value that is right by chance can hide what lies before it.
            own = firstOwn(withSiblings(sorted(ancestors(List.of(inherited.get().value())))));
        }
        return Optional.of(new Found(inherited.get(), own));
    }

    /** Values spread over the graph, and all that it gives. */
    private List<String> looks() {
        List<String> names = trace.names();
        Set<String> looks = new HashSet<>();
        int step = Math.max(1, names.size() / LOOKS);
        for (int i = step - 1; i < names.size(); i += step) {
            looks.add(names.get(i));
        }
        trace.actual().model().graph().outputs().forEach(output -> looks.add(output.name()));
        return sorted(looks);
    }

    /** What the first wrong look depends on, without what the right ones before it depend on. */
    private List<String> suspects(String bad, List<String> looks, Set<String> wrong) {
        List<String> right =
                looks.stream().filter(name -> !wrong.contains(name)).toList();
        Set<String> suspects = ancestors(List.of(bad));
        suspects.removeAll(ancestors(right));
        suspects.add(bad);
        return withSiblings(sorted(suspects));
    }

    /** Also what else their nodes make: of several wrong results the first is to be named, whichever of them was looked for. */
    private List<String> withSiblings(List<String> values) {
        Set<String> all = new HashSet<>();
        values.forEach(value -> all.addAll(trace.node(value).outputs()));
        return sorted(all);
    }

    /** The values themselves and all that they are made from; a shape says nothing of the values that it is of. */
    private Set<String> ancestors(List<String> values) {
        Set<String> ancestors = new HashSet<>(values);
        List<Node> nodes = trace.actual().model().graph().nodes();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            boolean shape = nodes.get(i).opType().equals("Shape");
            if (!shape && nodes.get(i).outputs().stream().anyMatch(ancestors::contains)) {
                ancestors.addAll(nodes.get(i).inputs());
            }
        }
        return ancestors;
    }

    /** Those that both sides make, in the order of the graph. */
    private List<String> sorted(Set<String> values) {
        return trace.names().stream().filter(values::contains).toList();
    }

    private Optional<ValueComparison> first(List<String> values) throws IOException {
        Map<String, ValueComparison> wrong = new HashMap<>();
        trace.compare(values, pair -> keep(pair, judge.inherited(pair), wrong));
        return firstOf(values, wrong);
    }

    private Optional<ValueComparison> firstOwn(List<String> values) throws IOException {
        Map<String, ValueComparison> wrong = new HashMap<>();
        new Replay(trace).compare(values, pair -> keep(pair, judge.own(pair), wrong));
        return firstOf(values, wrong);
    }

    private static void keep(ValuePair pair, TensorComparison comparison, Map<String, ValueComparison> wrong) {
        if (!comparison.passed()) {
            wrong.put(pair.name(), new ValueComparison(pair.node(), pair.name(), comparison));
        }
    }

    private static Optional<ValueComparison> firstOf(List<String> values, Map<String, ValueComparison> wrong) {
        return values.stream()
                .flatMap(name -> Stream.ofNullable(wrong.get(name)))
                .findFirst();
    }
}
