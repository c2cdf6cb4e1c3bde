package dev.heddle.cli.trace;

import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.TensorComparer;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.session.HostTensor;

/**
 * One value on both sides.
 *
 * @param node that makes it
 */
public record ValueComparison(String node, TensorComparison comparison) {

    /** @param model the coarsest precision of the model's values: what one is computed from may be rounded more than itself */
    static ValueComparison of(String node, String name, HostTensor expected, HostTensor actual, Precision model) {
        Precision own = Precision.of(actual.dtype());
        Precision precision = own == Precision.EXACT ? own : own.coarser(model);
        return new ValueComparison(node, TensorComparer.of(precision).outputs(name, expected, actual));
    }

    public String name() {
        return comparison.name();
    }

    public boolean passed() {
        return comparison.passed();
    }
}
