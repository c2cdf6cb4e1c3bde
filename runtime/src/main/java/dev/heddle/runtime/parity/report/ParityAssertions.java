package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.Bound;
import dev.heddle.runtime.parity.Inputs;
import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.SectionBuilder;
import dev.heddle.runtime.parity.Side;
import dev.heddle.runtime.parity.TensorComparer;
import dev.heddle.runtime.parity.Tolerance;
import dev.heddle.runtime.session.HostTensor;
import java.util.List;
import java.util.Map;

/**
 * Parity as assertions of any test framework: what differs is an {@link AssertionError} with the whole report.
 *
 * <pre>{@code
 * ParityAssertions.assertSame(reference, logits, Tolerance.absolute(1e-5));
 * ParityAssertions.assertSame(Map.of("logits", reference), session.run(inputs), Precision.FLOAT32);
 * }</pre>
 */
public final class ParityAssertions {
    private static final int ROWS = 20;

    private ParityAssertions() {}

    /**
     * Each value is within the tolerance, as it is.
     *
     * @throws AssertionError if one is not, or if the shapes differ
     */
    public static void assertSame(HostTensor expected, HostTensor actual, Tolerance tolerance) {
        var section = new SectionBuilder("tensors", TensorComparer.of(Precision.of(actual.dtype())));
        section.within(new Bound.EachValue(tolerance), "tensor", expected, actual);
        assertPassed(new ParityReport(
                Side.of(expected.toString()), Side.of(actual.toString()), Inputs.of("-"), List.of(section.build())));
    }

    /**
     * The same names, and each tensor as near as the output of a model in this precision must be.
     *
     * @throws AssertionError if one is not, if a name is missing, or if there is nothing to compare
     */
    public static void assertSame(
            Map<String, HostTensor> expected, Map<String, HostTensor> actual, Precision precision) {
        assertPassed(ParityReport.of(expected, actual, precision));
    }

    /** @throws AssertionError if it did not */
    public static void assertPassed(ParityReport report) {
        if (!report.passed()) {
            throw new AssertionError("\n" + TextReport.render(report, ROWS));
        }
    }
}
