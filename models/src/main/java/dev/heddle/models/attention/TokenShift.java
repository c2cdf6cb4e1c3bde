package dev.heddle.models.attention;

import dev.heddle.models.reference.DoubleTensor;

/**
 * KV shifting in float64: shifted[t] = sum_c weight[g, c] * raw[t - (taps - 1) + c], rows of padding and rows before
 * the start being zero. Xu et al. 2024 (arXiv 2411.19574), section 2.2.
 */
final class TokenShift {

    private TokenShift() {}

    /**
     * @param raw [B, Hkv, n, d], rows of the new tokens
     * @param last [B, Hkv, taps - 1, d], raw rows before them
     * @param weight [Hkv, taps]
     * @param real [B][total_len]
     * @return [B, Hkv, n, d]
     */
    static DoubleTensor shift(DoubleTensor raw, DoubleTensor last, DoubleTensor weight, boolean[][] real) {
        DoubleTensor rows = last.appendRows(withoutPadding(raw, real));
        DoubleTensor shifted = DoubleTensor.zeros(raw.shape());
        for (int batch = 0; batch < raw.dim(0); batch++) {
            for (int head = 0; head < raw.dim(1); head++) {
                for (int row = 0; row < raw.dim(2); row++) {
                    for (int tap = 0; tap < weight.dim(1); tap++) {
                        add(
                                rows.row(batch, head, row + tap),
                                weight.at(head, tap),
                                shifted,
                                shifted.offset(batch, head, row));
                    }
                }
            }
        }
        return shifted;
    }

    private static void add(double[] row, double factor, DoubleTensor target, int at) {
        for (int feature = 0; feature < row.length; feature++) {
            target.data()[at + feature] += factor * row[feature];
        }
    }

    /**
     * The raw rows of the last taps - 1 real tokens; where the new tokens are too few, older ones stay. Shapes as in
     * {@link #shift}.
     */
    static DoubleTensor lastReal(DoubleTensor raw, DoubleTensor last, boolean[][] real) {
        DoubleTensor rows = last.appendRows(raw);
        DoubleTensor kept = DoubleTensor.zeros(last.shape());
        int reach = last.dim(2);
        for (int batch = 0; batch < raw.dim(0); batch++) {
            int next = reach - 1;
            for (int row = rows.dim(2) - 1; row >= 0 && next >= 0; row--) {
                if (row < reach || isReal(real[batch], raw.dim(2), row - reach)) {
                    for (int head = 0; head < raw.dim(1); head++) {
                        int from = rows.offset(batch, head, row);
                        System.arraycopy(rows.data(), from, kept.data(), kept.offset(batch, head, next), rows.dim(3));
                    }
                    next--;
                }
            }
        }
        return kept;
    }

    private static DoubleTensor withoutPadding(DoubleTensor raw, boolean[][] real) {
        DoubleTensor kept = DoubleTensor.zeros(raw.shape());
        for (int batch = 0; batch < raw.dim(0); batch++) {
            for (int head = 0; head < raw.dim(1); head++) {
                for (int row = 0; row < raw.dim(2); row++) {
                    if (isReal(real[batch], raw.dim(2), row)) {
                        int from = raw.offset(batch, head, row);
                        System.arraycopy(raw.data(), from, kept.data(), from, raw.dim(3));
                    }
                }
            }
        }
        return kept;
    }

    private static boolean isReal(boolean[] real, int newTokens, int row) {
        return real[real.length - newTokens + row];
    }
}
