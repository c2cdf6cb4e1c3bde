package dev.heddle.models.decoder;

import dev.heddle.models.reference.DoubleTensor;
import dev.heddle.models.weight.WeightReader;
import dev.heddle.models.weight.WeightRows;
import java.util.stream.IntStream;

/**
 * y = x W^T + b in float64. Rows of W are shared out to threads; each output is one sum in a fixed order, so results do
 * not depend on how.
 */
record LinearReference(WeightReader weights) {

    /**
     * @param x [B, n, in]
     * @return [B, n, out]
     */
    DoubleTensor apply(Linear linear, DoubleTensor x) {
        WeightRows rows = weights.rows(linear.weight());
        int in = x.dim(2);
        int out = Math.toIntExact(rows.shape().lengths()[0]);
        DoubleTensor y = DoubleTensor.zeros(x.dim(0), x.dim(1), out);
        double[] bias = linear.bias() instanceof Bias.Added added
                ? weights.doubles(added.weight()).data()
                : new double[out];
        int tokens = x.dim(0) * x.dim(1);
        IntStream.range(0, out).parallel().forEach(output -> {
            double[] row = new double[in];
            rows.read(output, row);
            for (int token = 0; token < tokens; token++) {
                y.data()[token * out + output] = bias[output] + dot(row, x.data(), token * in);
            }
        });
        return y;
    }

    private static double dot(double[] row, double[] x, int from) {
        double sum = 0;
        for (int feature = 0; feature < row.length; feature++) {
            sum += row[feature] * x[from + feature];
        }
        return sum;
    }
}
