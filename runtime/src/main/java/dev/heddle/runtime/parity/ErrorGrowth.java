package dev.heddle.runtime.parity;

import dev.heddle.runtime.session.HostTensor;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/** The largest error of each token of [batch, len, vocab], over all sequences. */
final class ErrorGrowth {
    private ErrorGrowth() {}

    static Illustration.Growth of(TensorComparison.Values values, HostTensor expected, HostTensor actual) {
        int vocabulary = (int) expected.dim(2);
        double[] largest = new double[(int) expected.dim(1)];
        IntToDoubleFunction e = expected.values();
        IntToDoubleFunction a = actual.values();
        for (int i = 0; i < expected.elementCount(); i++) {
            int position = i / vocabulary % largest.length;
            // Unlike >, Math.max keeps a NaN.
            largest[position] = Math.max(largest[position], error(e.applyAsDouble(i), a.applyAsDouble(i)));
        }
        return new Illustration.Growth(
                "largest |actual - expected| of " + values.name(),
                "position",
                Arrays.stream(largest).boxed().toList(),
                values.bound().perValue().bound(values.errors().largestExpected()));
    }

    private static double error(double expected, double actual) {
        return expected == actual ? 0 : Math.abs(actual - expected);
    }
}
