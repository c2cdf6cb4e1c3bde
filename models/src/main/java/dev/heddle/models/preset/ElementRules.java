package dev.heddle.models.preset;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.KeyPadding;
import dev.heddle.models.attention.ScoreConvolution;
import dev.heddle.models.attention.SoftmaxAttention;
import dev.heddle.models.decoder.AttentionBlock;
import dev.heddle.models.decoder.Bias;
import dev.heddle.models.decoder.Decoder;
import dev.heddle.models.decoder.DecoderLayer;
import dev.heddle.models.decoder.Linear;
import dev.heddle.models.weight.Weight;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which rule each stored tensor of a decoder follows. Projections have deviation 1 / sqrt(inputs), as Golovneva et al.
 * 2025 initialise theirs; the released code leaves the gate's bias undefined, so it starts at 0.
 */
final class ElementRules {

    /** Of what is random around a fixed value, under {@link Initialization#RANDOM}. */
    private static final double NOISE = 0.1;
    /** Of the vectors of DIFF attention (Ye et al. 2024). */
    private static final double LAMBDA_DEVIATION = 0.1;

    private final SortedMap<String, ElementRule> rules = new TreeMap<>();
    private final double noise;
    private final boolean random;

    private ElementRules(Initialization initialization) {
        random = switch (initialization) {
            case IDENTITY -> false;
            case RANDOM -> true;
        };
        noise = random ? NOISE : 0;
    }

    static SortedMap<String, ElementRule> of(Decoder decoder, Initialization initialization) {
        ElementRules rules = new ElementRules(initialization);
        rules.putProjection(decoder.embedding());
        rules.put(decoder.norm().weight(), new ElementRule.Normal(1, rules.noise));
        rules.put(decoder.head());
        decoder.layers().forEach(rules::put);
        return rules.rules;
    }

    private void put(DecoderLayer layer) {
        AttentionBlock attention = layer.attention();
        List.of(layer.attentionNorm(), layer.feedForwardNorm())
                .forEach(norm -> put(norm.weight(), new ElementRule.Normal(1, noise)));
        List.of(
                        attention.query(),
                        attention.key(),
                        attention.value(),
                        attention.output(),
                        layer.feedForward().gate(),
                        layer.feedForward().up(),
                        layer.feedForward().down())
                .forEach(this::put);
        attention
                .weights()
                .forEach(
                        (kind, weight) -> put(weight, rule(kind, weight.stored().shape(), attention)));
    }

    private void put(Linear linear) {
        putProjection(linear.weight());
        if (linear.bias() instanceof Bias.Added added) {
            put(added.weight(), new ElementRule.Normal(0, noise));
        }
    }

    private void putProjection(Weight weight) {
        put(weight, new ElementRule.Normal(0, 1 / Math.sqrt(last(weight.stored().shape()))));
    }

    private void put(Weight weight, ElementRule rule) {
        rules.put(weight.stored().name(), rule);
    }

    private ElementRule rule(AttentionWeight kind, Shape stored, AttentionBlock block) {
        return switch (kind) {
            case KEY_SHIFT, VALUE_SHIFT -> {
                int taps = last(stored);
                yield random ? new ElementRule.SharedOut(taps) : new ElementRule.Tap(1, taps, 0, taps - 1, 0);
            }
            case PRE_KERNEL -> kernel(((SoftmaxAttention) block.variant()).preConvolution());
            case POST_KERNEL -> kernel(((SoftmaxAttention) block.variant()).postConvolution());
            case PRE_MIX, POST_MIX -> new ElementRule.Diagonal(last(stored), noise);
            case NORM -> new ElementRule.Normal(1, noise);
            case GATE_WEIGHT ->
                new ElementRule.Normal(
                        0, 1 / Math.sqrt(last(block.query().weight().shape())));
            case GATE_BIAS -> new ElementRule.Normal(0, noise);
            case LAMBDA_Q1, LAMBDA_K1, LAMBDA_Q2, LAMBDA_K2 -> new ElementRule.Normal(0, LAMBDA_DEVIATION);
        };
    }

    private ElementRule kernel(ScoreConvolution convolution) {
        ScoreConvolution.KeyQuery size = (ScoreConvolution.KeyQuery) convolution;
        KeyPadding padding = size.padding();
        return new ElementRule.Tap(
                size.queryWidth(), size.keyWidth(), size.queryWidth() - 1, padding.left(size.keyWidth()), noise);
    }

    private static int last(Shape shape) {
        return Math.toIntExact(shape.lengths()[shape.rank() - 1]);
    }
}
