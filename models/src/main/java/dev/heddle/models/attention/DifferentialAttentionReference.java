package dev.heddle.models.attention;

import dev.heddle.models.reference.DoubleTensor;
import java.util.HashMap;
import java.util.Map;

/**
 * {@link DifferentialAttention} in float64, as Hugging Face's {@code diffllama} computes it. Ye et al. 2024 (arXiv
 * 2410.05258).
 */
final class DifferentialAttentionReference implements AttentionReference {

    private final DifferentialAttention variant;
    private final double lambda;

    DifferentialAttentionReference(DifferentialAttention variant, Map<AttentionWeight, DoubleTensor> tensors) {
        this.variant = variant;
        ReferenceWeights weights = ReferenceWeights.of(variant, tensors);
        this.lambda = Math.exp(dot(weights.get(AttentionWeight.LAMBDA_Q1), weights.get(AttentionWeight.LAMBDA_K1)))
                - Math.exp(dot(weights.get(AttentionWeight.LAMBDA_Q2), weights.get(AttentionWeight.LAMBDA_K2)))
                + variant.lambdaInit();
    }

    private static double dot(DoubleTensor first, DoubleTensor second) {
        double sum = 0;
        for (int feature = 0; feature < first.dim(0); feature++) {
            sum += first.at(feature) * second.at(feature);
        }
        return sum;
    }

    @Override
    public Map<String, DoubleTensor> fresh(int batch) {
        return AttentionState.fresh(variant.state(), batch);
    }

    @Override
    public Step attend(Input input, Map<String, DoubleTensor> past) {
        AttentionState state = AttentionState.of(variant.state(), past);
        Heads heads = variant.heads();
        DoubleTensor queries =
                RopeRotation.rotate(variant.positions(), input.q().splitHeads(heads.query()), input.positions());
        Map<String, DoubleTensor> grown = new HashMap<>();
        grown.put(
                "key",
                state.get("key")
                        .appendRows(RopeRotation.rotate(
                                variant.positions(), input.k().splitHeads(heads.keyValue()), input.positions())));
        grown.put("value", state.get("value").appendRows(input.v().splitHeads(heads.keyValue())));
        Map<String, DoubleTensor> present = AttentionState.present(variant.state(), grown);
        return new Step(context(queries, new AttentionState(grown), input.real()), present);
    }

    private DoubleTensor context(DoubleTensor queries, AttentionState state, boolean[][] real) {
        Heads heads = variant.heads();
        DoubleTensor keys = state.get("key");
        int rows = queries.dim(2);
        int half = heads.query() / 2;
        DoubleTensor context = DoubleTensor.zeros(queries.dim(0), half, rows, 2 * heads.size());
        for (int batch = 0; batch < queries.dim(0); batch++) {
            boolean[][] visible = ScorePlane.visible(new Mask.Causal(), real[batch], rows, keys.dim(2));
            ScorePlane plane = ScorePlane.scores(queries, keys, batch, variant.scale(), visible)
                    .softmax();
            for (int head = 0; head < half; head++) {
                for (int row = 0; row < rows; row++) {
                    double[] first = bothValues(plane, head, row, state.get("value"), batch);
                    double[] second = bothValues(plane, head + half, row, state.get("value"), batch);
                    double[] result = normedDifference(first, second);
                    System.arraycopy(result, 0, context.data(), context.offset(batch, head, row), result.length);
                }
            }
        }
        return context.joinHeads();
    }

    /**
     * A [V1 | V2]: the head's weights on the first and on the second half of the value heads, each half repeated once.
     */
    private double[] bothValues(ScorePlane plane, int head, int row, DoubleTensor values, int batch) {
        Heads heads = variant.heads();
        int half = heads.keyValue() / 2;
        int valueHead = head / heads.groupSize() % half;
        double[] both = new double[2 * heads.size()];
        double[] first = plane.context(head, row, values, batch, valueHead);
        double[] second = plane.context(head, row, values, batch, valueHead + half);
        System.arraycopy(first, 0, both, 0, heads.size());
        System.arraycopy(second, 0, both, heads.size(), heads.size());
        return both;
    }

    private double[] normedDifference(double[] first, double[] second) {
        double[] difference = new double[first.length];
        for (int feature = 0; feature < difference.length; feature++) {
            difference[feature] = first[feature] - lambda * second[feature];
        }
        double factor =
                (1 - variant.lambdaInit()) / SoftmaxAttentionReference.rootMeanSquare(difference, variant.epsilon());
        for (int feature = 0; feature < difference.length; feature++) {
            difference[feature] *= factor;
        }
        return difference;
    }
}
