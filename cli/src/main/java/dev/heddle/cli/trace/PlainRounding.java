package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.DType;

/**
 * The plainest way to cut a block to few bits, as a measure for others: its largest value gets the largest code, all get the nearest.
 *
 * @param zeroPoint whether zero lies where it suits the block; else in the middle of the codes
 * @param scaleType what scales are rounded to
 */
record PlainRounding(int bits, boolean zeroPoint, DType scaleType) {

    /** Sum of the squared differences that it makes of values {@code from} to {@code to}. */
    double lost(double[] values, int from, int to) {
        double low = 0;
        double high = 0;
        for (int i = from; i < to; i++) {
            low = Math.min(low, values[i]);
            high = Math.max(high, values[i]);
        }
        int largest = (1 << bits) - 1;
        int middle = 1 << bits - 1;
        double wanted = zeroPoint ? (high - low) / largest : Math.max(-low, high) / (middle - 1);
        int zero = zeroPoint && wanted > 0 ? (int) Math.min(largest, Math.rint(-low / wanted)) : middle;
        double scale = Rounding.nearest(wanted, scaleType);
        double lost = 0;
        for (int i = from; i < to; i++) {
            double steps = scale == 0 ? 0 : Math.rint(values[i] / scale);
            double code = Math.max(-zero, Math.min(largest - zero, steps));
            lost += Math.pow(values[i] - code * scale, 2);
        }
        return lost;
    }
}
