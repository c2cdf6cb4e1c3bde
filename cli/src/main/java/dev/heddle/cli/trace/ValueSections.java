package dev.heddle.cli.trace;

import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.SectionBuilder;
import dev.heddle.runtime.parity.TensorComparison;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Every value of a graph, as it comes out of the whole graph and out of its node alone. */
public final class ValueSections {

    private ValueSections() {}

    @FunctionalInterface
    private interface Pairs {
        void handTo(ValuePair.Listener listener) throws IOException;
    }

    /** What each value has become on the way through the graph. */
    public static Section all(ValueTrace trace) throws IOException {
        return section("values", trace, listener -> trace.compare(trace.names(), listener));
    }

    /** What each node makes of the expected inputs. */
    public static Section alone(ValueTrace trace) throws IOException {
        return section("nodes alone", trace, listener -> new Replay(trace).compare(trace.names(), listener));
    }

    private static Section section(String name, ValueTrace trace, Pairs pairs) throws IOException {
        var section = new SectionBuilder(name, trace.comparer());
        var scores = new ScoreMaps();
        Map<String, ValueComparison> wrong = new HashMap<>();
        pairs.handTo(pair -> {
            TensorComparison comparison = pair.judgeInto(section);
            scores.look(pair, comparison);
            if (!comparison.passed()) {
                wrong.put(pair.name(), new ValueComparison(pair.node(), pair.name(), comparison));
            }
        });
        trace.names().stream()
                .flatMap(value -> Stream.ofNullable(wrong.get(value)))
                .findFirst()
                .ifPresent(first -> section.add(Finding.note(
                        first.node().name(),
                        "is the first in the graph: " + first.comparison().line())));
        scores.illustrations().forEach(section::add);
        if (trace.notCompared() > 0) {
            section.add(Finding.note(
                    trace.notCompared() + " values",
                    "not compared: the other side has none of their names, or their types are not known"));
        }
        return section.build();
    }
}
