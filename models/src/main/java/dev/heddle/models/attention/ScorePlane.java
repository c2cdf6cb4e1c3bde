package dev.heddle.models.attention;

import dev.heddle.models.reference.DoubleTensor;

/**
 * Scores or attention weights of one sequence in float64, with the steps of Golovneva et al. 2025 (arXiv 2504.00927),
 * section 3.3, one method each.
 *
 * @param cells [Hq][query rows][keys]
 * @param visible [query rows][keys]: whether that query may see that key
 */
record ScorePlane(double[][][] cells, boolean[][] visible) {

    /**
     * Which cells are visible. The rows and keys are those of the last slots; cell (s, j) of slots is visible if the
     * mask lets s see j and both are real.
     *
     * @param real by slot
     */
    static boolean[][] visible(Mask mask, boolean[] real, int rows, int keys) {
        boolean[][] visible = new boolean[rows][keys];
        for (int row = 0; row < rows; row++) {
            for (int key = 0; key < keys; key++) {
                int querySlot = real.length - rows + row;
                int keySlot = real.length - keys + key;
                visible[row][key] = real[querySlot] && real[keySlot] && mask.sees(querySlot, keySlot);
            }
        }
        return visible;
    }

    /**
     * scale * q . k in every cell, head h using key head h / (Hq / Hkv).
     *
     * @param queries [B, Hq, rows, d]
     * @param keys [B, Hkv, keys, d]
     */
    static ScorePlane scores(DoubleTensor queries, DoubleTensor keys, int batch, double scale, boolean[][] visible) {
        int group = queries.dim(1) / keys.dim(1);
        double[][][] cells = new double[queries.dim(1)][queries.dim(2)][keys.dim(2)];
        for (int head = 0; head < cells.length; head++) {
            for (int row = 0; row < queries.dim(2); row++) {
                for (int key = 0; key < keys.dim(2); key++) {
                    int query = queries.offset(batch, head, row);
                    int other = keys.offset(batch, head / group, key);
                    double dot = 0;
                    for (int feature = 0; feature < queries.dim(3); feature++) {
                        dot += queries.data()[query + feature] * keys.data()[other + feature];
                    }
                    cells[head][row][key] = dot * scale;
                }
            }
        }
        return new ScorePlane(cells, visible);
    }

    /**
     * out[i, j] = sum_a sum_b kernel[h, 0, a, b] * in[i - (cq - 1) + a, j - left + b]; invisible cells are zero before
     * and after.
     */
    ScorePlane convolve(DoubleTensor kernel, KeyPadding padding) {
        int left = padding.left(kernel.dim(3));
        double[][][] out = new double[heads()][rows()][keys()];
        for (int head = 0; head < heads(); head++) {
            for (int row = 0; row < rows(); row++) {
                for (int key = 0; key < keys(); key++) {
                    if (visible[row][key]) {
                        out[head][row][key] = kernelAt(kernel, head, row - (kernel.dim(2) - 1), key - left);
                    }
                }
            }
        }
        return new ScorePlane(out, visible);
    }

    private double kernelAt(DoubleTensor kernel, int head, int firstRow, int firstKey) {
        double sum = 0;
        for (int a = Math.max(0, -firstRow); a < kernel.dim(2); a++) {
            for (int b = Math.max(0, -firstKey); b < kernel.dim(3) && firstKey + b < keys(); b++) {
                if (visible[firstRow + a][firstKey + b]) {
                    sum += kernel.at(head, 0, a, b) * cells[head][firstRow + a][firstKey + b];
                }
            }
        }
        return sum;
    }

    /**
     * out[o] = sum_n mix[group, o, n] * in[n] in every cell.
     *
     * @param mix [Hq / size, size, size]
     */
    ScorePlane mixHeads(DoubleTensor mix) {
        int size = mix.dim(1);
        double[][][] out = new double[heads()][rows()][keys()];
        for (int head = 0; head < heads(); head++) {
            int group = head / size;
            for (int other = 0; other < size; other++) {
                double factor = mix.at(group, head % size, other);
                for (int row = 0; row < rows(); row++) {
                    for (int key = 0; key < keys(); key++) {
                        out[head][row][key] += factor * cells[group * size + other][row][key];
                    }
                }
            }
        }
        return new ScorePlane(out, visible);
    }

    /** Softmax over the visible keys of each row; zero in the other cells, also where no key is visible. */
    ScorePlane softmax() {
        double[][][] out = new double[heads()][rows()][keys()];
        for (int head = 0; head < heads(); head++) {
            for (int row = 0; row < rows(); row++) {
                softmax(cells[head][row], visible[row], out[head][row]);
            }
        }
        return new ScorePlane(out, visible);
    }

    private static void softmax(double[] scores, boolean[] visible, double[] out) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int key = 0; key < scores.length; key++) {
            if (visible[key]) {
                largest = Math.max(largest, scores[key]);
            }
        }
        double sum = 0;
        for (int key = 0; key < scores.length; key++) {
            if (visible[key]) {
                out[key] = Math.exp(scores[key] - largest);
                sum += out[key];
            }
        }
        for (int key = 0; key < scores.length; key++) {
            if (visible[key]) {
                out[key] /= sum;
            }
        }
    }

    /**
     * sum_j cells[head][row][j] * values[batch, valueHead, j].
     *
     * @param values [B, Hkv, keys, d]
     */
    double[] context(int head, int row, DoubleTensor values, int batch, int valueHead) {
        double[] sum = new double[values.dim(3)];
        for (int key = 0; key < keys(); key++) {
            if (visible[row][key]) {
                int from = values.offset(batch, valueHead, key);
                for (int feature = 0; feature < sum.length; feature++) {
                    sum[feature] += cells[head][row][key] * values.data()[from + feature];
                }
            }
        }
        return sum;
    }

    int rows() {
        return visible.length;
    }

    private int heads() {
        return cells.length;
    }

    private int keys() {
        return visible.length == 0 ? 0 : visible[0].length;
    }
}
