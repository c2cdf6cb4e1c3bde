package dev.heddle.cli.trace;

import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.SectionBuilder;
import java.io.IOException;

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
        pairs.handTo(pair -> scores.look(pair, pair.judgeInto(section)));
        scores.illustrations().forEach(section::add);
        if (trace.notCompared() > 0) {
            section.add(Finding.note(
                    trace.notCompared() + " values",
                    "not compared: the other side has none of their names, or their types are not known"));
        }
        return section.build();
    }
}
