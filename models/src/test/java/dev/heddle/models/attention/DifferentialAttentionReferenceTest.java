package dev.heddle.models.attention;

import static dev.heddle.models.attention.AttentionReferenceTest.assertClose;

import dev.heddle.models.reference.DoubleTensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DifferentialAttentionReferenceTest {

    private static final Heads HEADS = new Heads(8, 4, 2);
    private static final int TOKENS = 3;
    private static final double LAMBDA_INIT = 0.35;
    private static final double EPSILON = 1e-5;

    /**
     * Two softmax maps of plain attention over a value of width 2d, subtracted: the paper's form, for query heads h and
     * h + 4.
     */
    private static double[] difference(ReferenceRun run, int head, int row, double lambda) {
        double[] context = new double[4];
        double[] first = softmaxRow(run, head, row);
        double[] second = softmaxRow(run, head + 4, row);
        int valueHead = head / 2;
        for (int key = 0; key <= row; key++) {
            double weight = first[key] - lambda * second[key];
            // The wide value is value heads h and h + 2 side by side.
            context[0] += weight * run.v().at(0, key, 2 * valueHead);
            context[1] += weight * run.v().at(0, key, 2 * valueHead + 1);
            context[2] += weight * run.v().at(0, key, 2 * (valueHead + 2));
            context[3] += weight * run.v().at(0, key, 2 * (valueHead + 2) + 1);
        }
        double squares = 0;
        for (double value : context) {
            squares += value * value;
        }
        for (int feature = 0; feature < 4; feature++) {
            context[feature] *= (1 - LAMBDA_INIT) / Math.sqrt(squares / 4 + EPSILON);
        }
        return context;
    }

    private static double[] softmaxRow(ReferenceRun run, int head, int row) {
        int keyHead = head / 2;
        double[] weights = new double[row + 1];
        double total = 0;
        for (int key = 0; key <= row; key++) {
            double dot = run.q().at(0, row, 2 * head) * run.k().at(0, key, 2 * keyHead)
                    + run.q().at(0, row, 2 * head + 1) * run.k().at(0, key, 2 * keyHead + 1);
            weights[key] = Math.exp(dot / Math.sqrt(2));
            total += weights[key];
        }
        for (int key = 0; key <= row; key++) {
            weights[key] /= total;
        }
        return weights;
    }

    @Test
    void context_isTheDifferenceOfTwoSoftmaxMaps() {
        Map<AttentionWeight, DoubleTensor> weights = Map.of(
                AttentionWeight.LAMBDA_Q1, pair(0.5, -0.2),
                AttentionWeight.LAMBDA_K1, pair(0.4, 0.3),
                AttentionWeight.LAMBDA_Q2, pair(-0.1, 0.6),
                AttentionWeight.LAMBDA_K2, pair(0.2, 0.7));
        double lambda = Math.exp(0.5 * 0.4 - 0.2 * 0.3) - Math.exp(-0.1 * 0.2 + 0.6 * 0.7) + LAMBDA_INIT;
        ReferenceRun run = ReferenceRun.seeded(
                new DifferentialAttention(HEADS, new Positions.None(), LAMBDA_INIT, EPSILON), weights, TOKENS);

        DoubleTensor expected = DoubleTensor.zeros(1, TOKENS, 16);
        for (int row = 0; row < TOKENS; row++) {
            for (int head = 0; head < 4; head++) {
                double[] context = difference(run, head, row, lambda);
                System.arraycopy(context, 0, expected.data(), expected.offset(0, row, 4 * head), 4);
            }
        }
        assertClose(run.whole(), expected);
    }

    private static DoubleTensor pair(double first, double second) {
        return new DoubleTensor(new int[] {2}, new double[] {first, second});
    }
}
