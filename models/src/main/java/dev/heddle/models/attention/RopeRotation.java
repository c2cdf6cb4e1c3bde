package dev.heddle.models.attention;

import dev.heddle.models.reference.DoubleTensor;

/** Rotary embedding in float64. */
final class RopeRotation {

    private RopeRotation() {}

    /**
     * Turns pair m of every row by position * frequency[m]; without positions, returns the rows as they are.
     *
     * @param rows [B, H, n, d]
     * @param positions [B][n]
     */
    static DoubleTensor rotate(Positions kind, DoubleTensor rows, long[][] positions) {
        if (!(kind instanceof Positions.Rope rope)) {
            return rows;
        }
        double[] frequencies = rope.frequencies(rows.dim(3));
        DoubleTensor turned = DoubleTensor.zeros(rows.shape());
        for (int batch = 0; batch < rows.dim(0); batch++) {
            for (int head = 0; head < rows.dim(1); head++) {
                for (int row = 0; row < rows.dim(2); row++) {
                    int from = rows.offset(batch, head, row, 0);
                    turn(rope.style(), rows.data(), turned.data(), from, positions[batch][row], frequencies);
                }
            }
        }
        return turned;
    }

    private static void turn(
            RopeStyle style, double[] source, double[] target, int from, long position, double[] frequencies) {
        for (int pair = 0; pair < frequencies.length; pair++) {
            int first = from + style.first(pair);
            int second = from + style.second(pair, 2 * frequencies.length);
            double angle = position * frequencies[pair];
            double cos = Math.cos(angle);
            double sin = Math.sin(angle);
            target[first] = source[first] * cos - source[second] * sin;
            target[second] = source[first] * sin + source[second] * cos;
        }
    }
}
