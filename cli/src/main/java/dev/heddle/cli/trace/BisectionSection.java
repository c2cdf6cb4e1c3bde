package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Node;
import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.SectionBuilder;
import dev.heddle.runtime.parity.TensorComparison;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The search for the first wrong node: what was found and the graph around it, and all values that were looked at. */
public final class BisectionSection implements Bisection.Judge {

    private final ValueTrace trace;
    private final SectionBuilder verdict;
    private final SectionBuilder looks;
    private final ScoreMaps scores = new ScoreMaps();
    private final Map<String, TensorComparison> inherited = new HashMap<>();

    private BisectionSection(ValueTrace trace) {
        this.trace = trace;
        this.verdict = new SectionBuilder("first wrong node", trace.comparer());
        this.looks = new SectionBuilder("values that were looked at", trace.comparer());
    }

    /** Writes what is needed to see the fault of a node again. */
    @FunctionalInterface
    public interface Reproducer {
        void write(ValueTrace trace, Node node) throws IOException;
    }

    /** @param reproducer told of the first wrong node, if there is one */
    public static List<Section> of(ValueTrace trace, Reproducer reproducer) throws IOException {
        var search = new BisectionSection(trace);
        Optional<Bisection.Found> found = new Bisection(trace, search).find();
        if (found.isPresent()) {
            search.tell(found.get());
            if (found.get().own().isPresent()) {
                reproducer.write(trace, found.get().own().get().node());
            }
        } else {
            search.verdict.add(Finding.pass("whole graph", "no value differs"));
        }
        return List.of(search.verdict.build(), search.looks.build());
    }

    @Override
    public TensorComparison inherited(ValuePair pair) {
        TensorComparison known = inherited.get(pair.name());
        if (known != null) {
            return known;
        }
        TensorComparison comparison = pair.judgeInto(looks);
        scores.look(pair, comparison);
        inherited.put(pair.name(), comparison);
        return comparison;
    }

    /** Only wrong ones are of interest: all inputs are right. */
    @Override
    public TensorComparison own(ValuePair pair) {
        return pair.judge(trace.comparer());
    }

    private void tell(Bisection.Found found) throws IOException {
        ValueComparison bad = found.inherited();
        if (found.own().isEmpty()) {
            verdict.add(Finding.fail(bad.node().name(), bad.comparison().line()));
            verdict.add(Finding.note(
                    "every node up to here",
                    "is right for the expected values: the difference is in what the graph is given, or rounding that"
                            + " grew"));
            draw(bad.node());
            return;
        }
        ValueComparison own = found.own().get();
        verdict.add(Finding.fail(own.node().name(), "is wrong for the expected inputs"));
        if (!bad.node().equals(own.node())) {
            verdict.add(Finding.note(
                    bad.node().name(), "is where it shows: " + bad.comparison().line()));
        }
        new Replay(trace).compare(List.of(own.value()), pair -> {
            if (pair.name().equals(own.value())) {
                pair.judgeInto(verdict);
            }
        });
        draw(own.node());
    }

    private void draw(Node first) throws IOException {
        Neighbours neighbours = Neighbours.of(trace.actual().model().graph().nodes(), first);
        trace.compare(neighbours.values(trace.names()), this::inherited);
        verdict.add(neighbours.drawing(inherited));
        scores.illustrations().forEach(looks::add);
    }
}
