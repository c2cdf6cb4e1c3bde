package dev.heddle.cli;

import dev.heddle.models.attention.ContextNorm;
import dev.heddle.models.attention.DepthScale;
import dev.heddle.models.attention.Gate;
import dev.heddle.models.attention.HeadMix;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.KeyPadding;
import dev.heddle.models.attention.Mask;
import dev.heddle.models.attention.ScoreConvolution;
import dev.heddle.models.attention.SoftmaxAttention;
import java.util.Arrays;
import java.util.List;

/** An attention core that {@code heddle bench} measures. */
enum BenchCase {
    PRE_CONV_1024(Subject.ATTENTION, "pre-conv 6x11, H=8 d=64, T=1024", preOnly(8, 64), 1024, 0),
    PRE_CONV_2048(Subject.ATTENTION, "pre-conv 6x11, H=8 d=64, T=2048", preOnly(8, 64), 2048, 0),
    FULL_1024(Subject.ATTENTION, "full v2, H=16 d=64, T=1024", full(), 1024, 0),
    V1_GROUPED_2048(Subject.ATTENTION, "v1, GQA 16/4 d=128, T=2048", v1(), 2048, 0),
    ODD_1024(Subject.ATTENTION, "pre-conv 4x9, H=8 d=80, T=1024", odd(), 1024, 0),
    WINDOW_2048(Subject.ATTENTION, "pre-conv 6x11, window 256, H=8 d=64, T=2048", window(), 2048, 0),
    TALKING_1024(Subject.ATTENTION, "talking heads, H=16 d=64, T=1024", talking(), 1024, 0),
    NORMED_1024(Subject.ATTENTION, "plain scores with norm, H=8 d=64, T=1024", normed(), 1024, 0),
    FULL_64(Subject.ATTENTION, "full v2, H=16 d=64, T=64", full(), 64, 0),
    FULL_CHUNK(Subject.DECODE, "full v2, H=16 d=64, 16 tokens at past 1024", full(), 16, 1024),
    FULL_CHUNK_64(Subject.DECODE, "full v2, H=16 d=64, 64 tokens at past 1024", full(), 64, 1024),
    DECODE_128(Subject.DECODE, "decode, full v2, H=16 d=64, past 128", full(), 1, 128),
    DECODE_4096(Subject.DECODE, "decode, full v2, H=16 d=64, past 4096", full(), 1, 4096),
    DECODE_PRE_CONV_4096(Subject.DECODE, "decode, pre-conv 6x11, H=8 d=64, past 4096", preOnly(8, 64), 1, 4096),
    DECODE_NORMED_4096(Subject.DECODE, "decode, plain scores with norm, H=8 d=64, past 4096", normed(), 1, 4096),
    LENGTH_4096(Subject.LENGTH, "pre-conv 6x11, H=8 d=64, T=4096", preOnly(8, 64), 4096, 0),
    LENGTH_8192(Subject.LENGTH, "pre-conv 6x11, H=8 d=64, T=8192", preOnly(8, 64), 8192, 0);

    /** What a case is measured for. */
    enum Subject {
        ATTENTION,
        DECODE,
        LENGTH
    }

    private final Subject subject;
    private final String title;
    private final SoftmaxAttention attention;
    private final int tokens;
    private final int past;

    BenchCase(Subject subject, String title, SoftmaxAttention attention, int tokens, int past) {
        this.subject = subject;
        this.title = title;
        this.attention = attention;
        this.tokens = tokens;
        this.past = past;
    }

    /**
     * In the order they are measured in.
     *
     * @throws IllegalArgumentException if there is none
     */
    static List<BenchCase> of(Subject subject, String titlePart) {
        List<BenchCase> all = Arrays.stream(values())
                .filter(measured -> measured.subject == subject)
                .toList();
        List<BenchCase> chosen = all.stream()
                .filter(measured -> measured.title.contains(titlePart))
                .toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("--case " + titlePart
                    + ": expected a part of some case's title, got none; titles are as " + all.get(0).title);
        }
        return chosen;
    }

    String title() {
        return title;
    }

    SoftmaxAttention attention() {
        return attention;
    }

    int tokens() {
        return tokens;
    }

    int past() {
        return past;
    }

    /** Multiply-adds of cells that a row sees: products, convolutions and mixes. */
    double multiplyAdds() {
        double perScore = 2.0 * attention.heads().size()
                + taps(attention.preConvolution())
                + taps(attention.postConvolution())
                + size(attention.preMix())
                + size(attention.postMix());
        double cells = 0;
        for (int row = past; row < past + tokens; row++) {
            boolean narrow = attention.mask() instanceof Mask.SlidingWindow;
            cells += narrow ? Math.min(row + 1, ((Mask.SlidingWindow) attention.mask()).size()) : row + 1;
        }
        return perScore * cells * attention.heads().query();
    }

    private static double taps(ScoreConvolution convolution) {
        return convolution instanceof ScoreConvolution.KeyQuery kernel ? kernel.queryWidth() * kernel.keyWidth() : 0;
    }

    private static double size(HeadMix mix) {
        return mix instanceof HeadMix.Grouped grouped ? grouped.size() : 0;
    }

    private static ScoreConvolution kernel() {
        return new ScoreConvolution.KeyQuery(6, 11, KeyPadding.BOTH);
    }

    private static SoftmaxAttention preOnly(int heads, int size) {
        return SoftmaxAttention.builder(new Heads(heads, heads, size))
                .preConvolution(kernel())
                .build();
    }

    private static SoftmaxAttention full() {
        return SoftmaxAttention.builder(new Heads(16, 16, 64))
                .preConvolution(kernel())
                .preMix(new HeadMix.Grouped(16))
                .postConvolution(kernel())
                .postMix(new HeadMix.Grouped(16))
                .norm(new ContextNorm.PerHeadRms(1e-5, 1))
                .gate(new Gate.Scalar())
                .build();
    }

    private static SoftmaxAttention v1() {
        return SoftmaxAttention.builder(new Heads(16, 4, 128))
                .preConvolution(kernel())
                .postMix(new HeadMix.Grouped(2))
                .norm(new ContextNorm.PerHeadRms(1e-5, DepthScale.factor(2)))
                .build();
    }

    private static SoftmaxAttention odd() {
        return SoftmaxAttention.builder(new Heads(8, 8, 80))
                .preConvolution(new ScoreConvolution.KeyQuery(4, 9, KeyPadding.BOTH))
                .build();
    }

    private static SoftmaxAttention window() {
        return SoftmaxAttention.builder(new Heads(8, 8, 64))
                .mask(new Mask.SlidingWindow(256))
                .preConvolution(kernel())
                .build();
    }

    private static SoftmaxAttention talking() {
        return SoftmaxAttention.builder(new Heads(16, 16, 64))
                .preMix(new HeadMix.Grouped(16))
                .postMix(new HeadMix.Grouped(16))
                .build();
    }

    private static SoftmaxAttention normed() {
        return SoftmaxAttention.builder(new Heads(8, 8, 64))
                .norm(new ContextNorm.PerHeadRms(1e-5, 1))
                .build();
    }
}
