package dev.heddle.models.attention;

import dev.heddle.models.reference.DoubleTensor;
import java.util.HashMap;
import java.util.Map;

/**
 * {@link SoftmaxAttention} in float64. Golovneva et al. 2025 (arXiv 2504.00927), section 3.3; Xu et al. 2024 (arXiv
 * 2411.19574), section 2.2.
 */
final class SoftmaxAttentionReference implements AttentionReference {

    private final SoftmaxAttention variant;
    private final ReferenceWeights weights;

    SoftmaxAttentionReference(SoftmaxAttention variant, Map<AttentionWeight, DoubleTensor> weights) {
        this.variant = variant;
        this.weights = ReferenceWeights.of(variant, weights);
    }

    @Override
    public Map<String, DoubleTensor> fresh(int batch) {
        return AttentionState.fresh(variant.state(), batch);
    }

    @Override
    public Step attend(Input input, Map<String, DoubleTensor> past) {
        AttentionState state = AttentionState.of(variant.state(), past);
        Heads heads = variant.heads();
        Map<String, DoubleTensor> grown = new HashMap<>();
        DoubleTensor rawKeys = input.k().splitHeads(heads.keyValue());
        DoubleTensor rawValues = input.v().splitHeads(heads.keyValue());
        DoubleTensor newKeys = rawKeys;
        DoubleTensor newValues = rawValues;
        if (variant.shift() instanceof KeyValueShift.Taps) {
            DoubleTensor lastKeys = state.get("last_key");
            DoubleTensor lastValues = state.get("last_value");
            newKeys = TokenShift.shift(rawKeys, lastKeys, weights.get(AttentionWeight.KEY_SHIFT), input.real());
            newValues = TokenShift.shift(rawValues, lastValues, weights.get(AttentionWeight.VALUE_SHIFT), input.real());
            grown.put("last_key", TokenShift.lastReal(rawKeys, lastKeys, input.real()));
            grown.put("last_value", TokenShift.lastReal(rawValues, lastValues, input.real()));
        }
        DoubleTensor queries =
                RopeRotation.rotate(variant.positions(), input.q().splitHeads(heads.query()), input.positions());
        if (variant.queryHistory() > 0) {
            queries = state.get("query").appendRows(queries);
        }
        DoubleTensor keys =
                state.get("key").appendRows(RopeRotation.rotate(variant.positions(), newKeys, input.positions()));
        DoubleTensor values = state.get("value").appendRows(newValues);
        grown.put("query", queries);
        grown.put("key", keys);
        grown.put("value", values);
        return new Step(context(queries, keys, values, input), AttentionState.present(variant.state(), grown));
    }

    private DoubleTensor context(DoubleTensor queries, DoubleTensor keys, DoubleTensor values, Input input) {
        Heads heads = variant.heads();
        int newRows = input.q().dim(1);
        DoubleTensor context = DoubleTensor.zeros(input.q().dim(0), heads.query(), newRows, heads.size());
        for (int batch = 0; batch < context.dim(0); batch++) {
            boolean[][] visible = ScorePlane.visible(variant.mask(), input.real()[batch], queries.dim(2), keys.dim(2));
            ScorePlane plane = weights(ScorePlane.scores(queries, keys, batch, variant.scale(), visible));
            for (int head = 0; head < heads.query(); head++) {
                for (int row = 0; row < newRows; row++) {
                    int planeRow = plane.rows() - newRows + row;
                    double[] sum = plane.context(head, planeRow, values, batch, head / heads.groupSize());
                    double[] result = gate(normalise(sum));
                    System.arraycopy(result, 0, context.data(), context.offset(batch, head, row), result.length);
                }
            }
        }
        return context.joinHeads();
    }

    /** From raw scores to final attention weights. */
    private ScorePlane weights(ScorePlane plane) {
        ScorePlane scores = mix(
                convolve(plane, variant.preConvolution(), AttentionWeight.PRE_KERNEL),
                variant.preMix(),
                AttentionWeight.PRE_MIX);
        return mix(
                convolve(scores.softmax(), variant.postConvolution(), AttentionWeight.POST_KERNEL),
                variant.postMix(),
                AttentionWeight.POST_MIX);
    }

    private ScorePlane convolve(ScorePlane plane, ScoreConvolution convolution, AttentionWeight kernel) {
        return convolution instanceof ScoreConvolution.KeyQuery keyQuery
                ? plane.convolve(weights.get(kernel), keyQuery.padding())
                : plane;
    }

    private ScorePlane mix(ScorePlane plane, HeadMix mix, AttentionWeight weight) {
        return mix instanceof HeadMix.Grouped ? plane.mixHeads(weights.get(weight)) : plane;
    }

    private double[] normalise(double[] context) {
        if (!(variant.norm() instanceof ContextNorm.PerHeadRms norm)) {
            return context;
        }
        DoubleTensor weight = weights.get(AttentionWeight.NORM);
        double factor = norm.scale() / rootMeanSquare(context, norm.epsilon());
        double[] normed = new double[context.length];
        for (int feature = 0; feature < normed.length; feature++) {
            normed[feature] = context[feature] * factor * weight.at(feature);
        }
        return normed;
    }

    /** sqrt(mean(x^2) + epsilon). */
    static double rootMeanSquare(double[] row, double epsilon) {
        double squares = 0;
        for (double value : row) {
            squares += value * value;
        }
        return Math.sqrt(squares / row.length + epsilon);
    }

    private double[] gate(double[] context) {
        if (variant.gate() instanceof Gate.None) {
            return context;
        }
        DoubleTensor weight = weights.get(AttentionWeight.GATE_WEIGHT);
        DoubleTensor bias = weights.get(AttentionWeight.GATE_BIAS);
        double[] gated = new double[context.length];
        for (int feature = 0; feature < gated.length; feature++) {
            // One output is the scalar gate, shared by all features.
            int output = weight.dim(0) == 1 ? 0 : feature;
            double sum = bias.at(output);
            for (int other = 0; other < context.length; other++) {
                sum += weight.at(output, other) * context[other];
            }
            gated[feature] = context[feature] / (1 + Math.exp(-sum));
        }
        return gated;
    }
}
