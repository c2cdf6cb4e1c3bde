package dev.heddle.models.attention;

import dev.heddle.exporter.graph.GraphScope;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.reference.DoubleTensor;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * DIFF attention: the difference of two softmax maps, in the form of Hugging Face's {@code diffllama}.
 *
 * <p>A = softmax(q k^T / sqrt(d)); O = A [V1 | V2] with V1, V2 the two halves of the value heads, each repeated once; O = O_first - lambda O_second over the
 * two halves of the query heads; O = (1 - lambda_init) RMSNorm(O) over 2d; lambda = exp(lambda_q1 . lambda_k1) - exp(lambda_q2 . lambda_k2) + lambda_init. Ye et al. 2024 (arXiv
 * 2410.05258). Softmax, lambda and norm statistics in float32; a fully masked row gives zeros.
 *
 * @param heads both counts must be even
 * @param lambdaInit 0.8 - 0.6 exp(-0.3 l), see {@link DepthScale#lambda}
 * @param epsilon of the norm over 2d
 */
public record DifferentialAttention(Heads heads, Positions positions, double lambdaInit, double epsilon)
        implements AttentionVariant {

    public DifferentialAttention {
        if (heads.query() % 2 != 0 || heads.keyValue() % 2 != 0) {
            throw new IllegalArgumentException(
                    "DIFF attention needs even head counts, got " + heads.query() + " and " + heads.keyValue());
        }
        if (positions instanceof Positions.Rope && heads.size() % 2 != 0) {
            throw new IllegalArgumentException("RoPE needs an even head size, got " + heads.size());
        }
        if (!(epsilon > 0)) {
            throw new IllegalArgumentException("the epsilon of a norm must be above 0, got " + epsilon);
        }
    }

    /** 1 / sqrt(d). */
    public double scale() {
        return 1 / Math.sqrt(heads.size());
    }

    @Override
    public SortedMap<AttentionWeight, Shape> weights() {
        Shape lambda = Shape.of(heads.size());
        return new TreeMap<>(Map.of(
                AttentionWeight.LAMBDA_Q1, lambda,
                AttentionWeight.LAMBDA_K1, lambda,
                AttentionWeight.LAMBDA_Q2, lambda,
                AttentionWeight.LAMBDA_K2, lambda));
    }

    @Override
    public List<CacheSlot> state() {
        CacheSlot.Length growing = new CacheSlot.Length.Growing();
        return List.of(
                new CacheSlot("key", heads.keyValue(), growing, heads.size()),
                new CacheSlot("value", heads.keyValue(), growing, heads.size()));
    }

    @Override
    public String summary() {
        return AttentionSummary.of(this);
    }

    @Override
    public AttentionValues.Result emit(GraphScope scope, AttentionValues values) {
        return new DifferentialAttentionEmitter(this, scope, values).emit();
    }

    @Override
    public AttentionReference reference(Map<AttentionWeight, DoubleTensor> weights) {
        return new DifferentialAttentionReference(this, weights);
    }
}
