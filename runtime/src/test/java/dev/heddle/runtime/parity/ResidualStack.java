package dev.heddle.runtime.parity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * A decoder with one head and random weights, computed in float64 with every result of an operation rounded as an
 * element type would: what is known of an error model without a machine of that type.
 *
 * @param stored rounds what an operation gives
 * @param summed rounds each step of a sum
 * @param weightBits bits of a weight, in blocks of 32 with a scale; 0 for as they are
 * @param activationBits of what weights are multiplied with, in the same way
 */
record ResidualStack(DoubleUnaryOperator stored, DoubleUnaryOperator summed, int weightBits, int activationBits) {
    /** Operations of a layer on the longest way: norm, project, score, mask, softmax, mix, project, add; norm, up, silu, down, add. */
    static final int NODES = 13;

    private static final int WIDTH = 64;
    private static final int TOKENS = 8;
    private static final int VOCABULARY = 500;
    private static final int BLOCK = 32;

    static ResidualStack exact() {
        return inBlocks(0, 0);
    }

    /** Exact but for factors of products. */
    static ResidualStack inBlocks(int weightBits, int activationBits) {
        return new ResidualStack(x -> x, x -> x, weightBits, activationBits);
    }

    /** Rounds what operations give. */
    static ResidualStack storing(DoubleUnaryOperator stored, DoubleUnaryOperator summed) {
        return new ResidualStack(stored, summed, 0, 0);
    }

    /** @param bits of the significand, the hidden one counted */
    static DoubleUnaryOperator rounding(int bits) {
        return x -> {
            int unit = Math.getExponent(x) - bits + 1;
            return x == 0 ? 0 : Math.scalb(Math.rint(Math.scalb(x, -unit)), unit);
        };
    }

    /** What each layer gives, and last the logits. */
    List<double[][]> run(long seed, int layers) {
        var random = new Random(seed);
        double[][] hidden = each(gaussian(random, TOKENS, WIDTH, 1), stored);
        List<double[][]> results = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            hidden = add(hidden, attention(norm(hidden), random));
            double[][] up = project(norm(hidden), 4 * WIDTH, random);
            hidden = add(hidden, project(each(up, x -> x / (1 + Math.exp(-x))), WIDTH, random));
            results.add(hidden);
        }
        results.add(project(norm(hidden), VOCABULARY, random));
        return results;
    }

    private double[][] attention(double[][] x, Random random) {
        double[][] queries = project(x, WIDTH, random);
        double[][] keys = project(x, WIDTH, random);
        double[][] values = project(x, WIDTH, random);
        double[][] scores = each(product(queries, transposed(keys)), score -> score / Math.sqrt(WIDTH));
        double[][] probabilities = new double[TOKENS][TOKENS];
        for (int i = 0; i < TOKENS; i++) {
            double[] seen = Arrays.copyOf(scores[i], i + 1);
            double largest = Arrays.stream(seen).max().orElseThrow();
            double sum = Arrays.stream(seen).map(s -> Math.exp(s - largest)).sum();
            for (int j = 0; j <= i; j++) {
                probabilities[i][j] = stored.applyAsDouble(Math.exp(seen[j] - largest) / sum);
            }
        }
        return project(product(probabilities, values), WIDTH, random);
    }

    private double[][] project(double[][] x, int width, Random random) {
        double[][] weights = gaussian(random, x[0].length, width, 1 / Math.sqrt(x[0].length));
        return product(inBlocks(x, activationBits), transposed(inBlocks(transposed(weights), weightBits)));
    }

    /** Rows in blocks, each with the scale of its largest. */
    private static double[][] inBlocks(double[][] rows, int bits) {
        if (bits == 0) {
            return rows;
        }
        double steps = (1 << (bits - 1)) - 1;
        double[][] rounded = new double[rows.length][rows[0].length];
        for (int row = 0; row < rows.length; row++) {
            for (int start = 0; start < rows[row].length; start += BLOCK) {
                double largest = 0;
                for (int at = start; at < start + BLOCK; at++) {
                    largest = Math.max(largest, Math.abs(rows[row][at]));
                }
                double scale = largest / steps;
                for (int at = start; at < start + BLOCK; at++) {
                    rounded[row][at] = Math.rint(rows[row][at] / scale) * scale;
                }
            }
        }
        return rounded;
    }

    private double[][] product(double[][] x, double[][] weights) {
        double[][] result = new double[x.length][weights[0].length];
        for (int row = 0; row < x.length; row++) {
            for (int column = 0; column < result[row].length; column++) {
                double sum = 0;
                for (int k = 0; k < weights.length; k++) {
                    sum = summed.applyAsDouble(sum + summed.applyAsDouble(x[row][k] * weights[k][column]));
                }
                result[row][column] = stored.applyAsDouble(sum);
            }
        }
        return result;
    }

    private double[][] norm(double[][] x) {
        double[][] result = new double[x.length][];
        for (int row = 0; row < x.length; row++) {
            double squares = Arrays.stream(x[row]).map(v -> v * v).sum();
            double factor = 1 / Math.sqrt(squares / WIDTH + 1e-6);
            result[row] = Arrays.stream(x[row])
                    .map(v -> stored.applyAsDouble(v * factor))
                    .toArray();
        }
        return result;
    }

    private double[][] add(double[][] x, double[][] y) {
        double[][] sum = new double[x.length][x[0].length];
        for (int row = 0; row < x.length; row++) {
            for (int column = 0; column < sum[row].length; column++) {
                sum[row][column] = stored.applyAsDouble(x[row][column] + y[row][column]);
            }
        }
        return sum;
    }

    private double[][] each(double[][] x, DoubleUnaryOperator function) {
        return Arrays.stream(x)
                .map(row -> Arrays.stream(row).map(function).map(stored).toArray())
                .toArray(double[][]::new);
    }

    private static double[][] transposed(double[][] x) {
        double[][] result = new double[x[0].length][x.length];
        for (int row = 0; row < x.length; row++) {
            for (int column = 0; column < x[0].length; column++) {
                result[column][row] = x[row][column];
            }
        }
        return result;
    }

    private static double[][] gaussian(Random random, int rows, int columns, double deviation) {
        double[][] result = new double[rows][columns];
        for (double[] row : result) {
            Arrays.setAll(row, i -> random.nextGaussian() * deviation);
        }
        return result;
    }
}
