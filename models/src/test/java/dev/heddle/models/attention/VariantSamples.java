package dev.heddle.models.attention;

import java.util.Arrays;
import java.util.stream.Stream;

/** Small variants of every kind, for tests that must hold for all of them. */
public enum VariantSamples {
    PLAIN(SoftmaxAttention.builder(new Heads(4, 4, 6))
            .positions(rope(RopeStyle.ROTATE_HALF))
            .build()),
    GROUPED_QUERIES(SoftmaxAttention.builder(new Heads(6, 2, 4))
            .positions(rope(RopeStyle.INTERLEAVED))
            .build()),
    SLIDING_WINDOW(SoftmaxAttention.builder(new Heads(4, 2, 4))
            .positions(rope(RopeStyle.ROTATE_HALF))
            .mask(new Mask.SlidingWindow(3))
            .build()),
    TALKING_HEADS(SoftmaxAttention.builder(new Heads(4, 4, 4))
            .positions(rope(RopeStyle.INTERLEAVED))
            .preMix(new HeadMix.Grouped(4))
            .postMix(new HeadMix.Grouped(2))
            .build()),
    KV_SHIFT(SoftmaxAttention.builder(new Heads(4, 2, 4))
            .positions(rope(RopeStyle.ROTATE_HALF))
            .shift(new KeyValueShift.Taps(2))
            .build()),
    KV_SHIFT_OF_FOUR(SoftmaxAttention.builder(new Heads(4, 2, 4))
            .positions(rope(RopeStyle.ROTATE_HALF))
            .shift(new KeyValueShift.Taps(4))
            .mask(new Mask.SlidingWindow(4))
            .build()),
    MULTI_TOKEN(SoftmaxAttention.builder(new Heads(4, 4, 6))
            .positions(rope(RopeStyle.INTERLEAVED))
            .preConvolution(new ScoreConvolution.KeyQuery(3, 5, KeyPadding.BOTH))
            .preMix(new HeadMix.Grouped(4))
            .postConvolution(new ScoreConvolution.KeyQuery(2, 3, KeyPadding.BOTH))
            .postMix(new HeadMix.Grouped(4))
            .norm(new ContextNorm.PerHeadRms(1e-5, 1))
            .gate(new Gate.Scalar())
            .build()),
    MULTI_TOKEN_OF_ODD_PARTS(SoftmaxAttention.builder(new Heads(4, 2, 4))
            .positions(rope(RopeStyle.INTERLEAVED))
            .preConvolution(new ScoreConvolution.KeyQuery(2, 4, KeyPadding.LEFT))
            .postConvolution(new ScoreConvolution.KeyQuery(3, 2, KeyPadding.RIGHT))
            .postMix(new HeadMix.Grouped(2))
            .norm(new ContextNorm.PerHeadRms(1e-5, DepthScale.factor(3)))
            .gate(new Gate.Full())
            .build()),
    EVERYTHING_IN_A_WINDOW(SoftmaxAttention.builder(new Heads(4, 2, 4))
            .positions(rope(RopeStyle.ROTATE_HALF))
            .mask(new Mask.SlidingWindow(4))
            .shift(new KeyValueShift.Taps(3))
            .preConvolution(new ScoreConvolution.KeyQuery(3, 4, KeyPadding.BOTH))
            .preMix(new HeadMix.Grouped(2))
            .postConvolution(new ScoreConvolution.KeyQuery(2, 3, KeyPadding.BOTH))
            .build()),
    DIFFERENTIAL(
            new DifferentialAttention(new Heads(8, 4, 4), rope(RopeStyle.ROTATE_HALF), DepthScale.lambda(2), 1e-5));

    private final AttentionVariant variant;

    VariantSamples(AttentionVariant variant) {
        this.variant = variant;
    }

    public AttentionVariant variant() {
        return variant;
    }

    private static Positions rope(RopeStyle style) {
        return new Positions.Rope(100, style);
    }

    public static Stream<AttentionVariant> all() {
        return Arrays.stream(values()).map(VariantSamples::variant);
    }
}
