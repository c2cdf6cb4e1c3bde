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

    static ValueComparison of(String node, String name, HostTensor expected, HostTensor actual) {
        return new ValueComparison(
                node, TensorComparer.of(Precision.of(actual.dtype())).outputs(name, expected, actual));
    }

    public String name() {
        return comparison.name();
    }

    public boolean passed() {
        return comparison.passed();
    }
}
