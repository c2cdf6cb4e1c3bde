package dev.heddle.cli.trace;

import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.parity.Tolerance;
import dev.heddle.runtime.parity.ToleranceTable;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * One value on both sides.
 *
 * @param node that makes it
 */
public record ValueComparison(String node, TensorComparison comparison) {

    /** Numbers of this size stand for "hidden": they say nothing of the size of the others. */
    private static final double HIDING = 1e30;

    static ValueComparison of(String node, String name, HostTensor expected, HostTensor actual) {
        DType dtype = actual.dtype();
        Tolerance tolerance = ToleranceTable.tolerance(dtype);
        return new ValueComparison(
                node,
                TensorComparison.of(
                        name, expected, actual, tolerance.forSize(largest(expected)), ToleranceTable.tieMargin(dtype)));
    }

    private static double largest(HostTensor tensor) {
        IntToDoubleFunction values = tensor.values();
        return IntStream.range(0, tensor.elementCount())
                .mapToDouble(values)
                .map(Math::abs)
                .filter(size -> size < HIDING)
                .max()
                .orElse(0);
    }

    public String name() {
        return comparison.name();
    }

    public boolean passed() {
        return comparison.passed();
    }
}
