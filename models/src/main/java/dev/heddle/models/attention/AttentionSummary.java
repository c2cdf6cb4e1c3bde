package dev.heddle.models.attention;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One line about a variant for people: only what differs from nothing. */
final class AttentionSummary {

    private final List<String> parts = new ArrayList<>();

    private AttentionSummary(Heads heads, Positions positions) {
        String keyValue = heads.groupSize() == 1 ? "" : "/" + heads.keyValue();
        parts.add(heads.query() + keyValue + " heads of " + heads.size());
        if (positions instanceof Positions.Rope rope) {
            parts.add("RoPE " + (rope.style() == RopeStyle.INTERLEAVED ? "interleaved " : "rotate-half ")
                    + Long.toString(Math.round(rope.base()))
                    + (rope.scaling() instanceof RopeScaling.None ? "" : " scaled"));
        }
    }

    static String of(SoftmaxAttention attention) {
        AttentionSummary summary = new AttentionSummary(attention.heads(), attention.positions());
        if (attention.mask() instanceof Mask.SlidingWindow window) {
            summary.parts.add("window " + window.size());
        }
        if (attention.shift() instanceof KeyValueShift.Taps taps) {
            summary.parts.add("kv shift of " + taps.count());
        }
        summary.convolution("pre", attention.preConvolution());
        summary.mix("pre", attention.preMix());
        summary.convolution("post", attention.postConvolution());
        summary.mix("post", attention.postMix());
        if (attention.norm() instanceof ContextNorm.PerHeadRms norm) {
            summary.parts.add(
                    norm.scale() == 1 ? "head norm" : String.format(Locale.ROOT, "head norm x %.4f", norm.scale()));
        }
        if (!(attention.gate() instanceof Gate.None)) {
            summary.parts.add(attention.gate() instanceof Gate.Scalar ? "scalar gate" : "full gate");
        }
        return String.join(", ", summary.parts);
    }

    static String of(DifferentialAttention attention) {
        AttentionSummary summary = new AttentionSummary(attention.heads(), attention.positions());
        summary.parts.add(
                String.format(Locale.ROOT, "difference of two softmax maps, lambda_init %.4f", attention.lambdaInit()));
        return String.join(", ", summary.parts);
    }

    private void convolution(String place, ScoreConvolution convolution) {
        if (convolution instanceof ScoreConvolution.KeyQuery kernel) {
            String side = kernel.padding() == KeyPadding.BOTH
                    ? ""
                    : " " + kernel.padding().attribute();
            parts.add(place + "-conv " + kernel.queryWidth() + "x" + kernel.keyWidth() + side);
        }
    }

    private void mix(String place, HeadMix mix) {
        if (mix instanceof HeadMix.Grouped grouped) {
            parts.add(place + "-mix of " + grouped.size());
        }
    }
}
