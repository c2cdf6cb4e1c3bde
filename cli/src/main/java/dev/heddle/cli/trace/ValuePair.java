package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Node;
import dev.heddle.runtime.parity.Depth;
import dev.heddle.runtime.parity.SectionBuilder;
import dev.heddle.runtime.parity.TensorComparer;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.session.HostTensor;

/**
 * One value on both sides.
 *
 * @param node that makes it
 * @param depth behind what both sides were given
 */
public record ValuePair(Node node, String name, Depth depth, HostTensor expected, HostTensor actual) {

    TensorComparison judge(TensorComparer comparer) {
        return comparer.values(name, depth, expected, actual);
    }

    TensorComparison judgeInto(SectionBuilder section) {
        return section.values(name, depth, expected, actual);
    }

    /** Takes pairs as they come. */
    @FunctionalInterface
    public interface Listener {
        void pair(ValuePair pair);
    }
}
