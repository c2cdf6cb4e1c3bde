package dev.heddle.models.attention;

import static dev.heddle.models.attention.AttentionReferenceTest.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.models.attention.AttentionReference.Step;
import dev.heddle.models.reference.DoubleTensor;
import dev.heddle.models.reference.TensorAssertions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SoftmaxAttentionReferenceTest {

    private static final int TOKENS = 12;

    /** An independent computation of plain causal attention over one head. */
    private static DoubleTensor plainAttention(DoubleTensor q, DoubleTensor k, DoubleTensor v) {
        int size = q.dim(2);
        DoubleTensor context = DoubleTensor.zeros(q.shape());
        for (int i = 0; i < q.dim(1); i++) {
            double total = 0;
            for (int j = 0; j <= i; j++) {
                double dot = 0;
                for (int m = 0; m < size; m++) {
                    dot += q.at(0, i, m) * k.at(0, j, m);
                }
                double weight = Math.exp(dot / Math.sqrt(size));
                total += weight;
                for (int m = 0; m < size; m++) {
                    context.data()[i * size + m] += weight * v.at(0, j, m);
                }
            }
            for (int m = 0; m < size; m++) {
                context.data()[i * size + m] /= total;
            }
        }
        return context;
    }

    @Test
    void oneHead_withoutParts_isPlainAttention() {
        ReferenceRun run =
                ReferenceRun.seeded(SoftmaxAttention.builder(new Heads(1, 1, 4)).build(), TOKENS);

        assertClose(run.whole(), plainAttention(run.q(), run.k(), run.v()));
    }

    @Test
    void keyHeads_areSharedByConsecutiveQueryHeads() {
        ReferenceRun run =
                ReferenceRun.seeded(SoftmaxAttention.builder(new Heads(6, 2, 4)).build(), TOKENS);
        DoubleTensor q = head(run.q(), 4);
        DoubleTensor k = head(run.k(), 1);
        DoubleTensor v = head(run.v(), 1);

        assertClose(head(run.whole(), 4), plainAttention(q, k, v));
    }

    private static DoubleTensor head(DoubleTensor tensor, int head) {
        DoubleTensor one = DoubleTensor.zeros(1, tensor.dim(1), 4);
        for (int row = 0; row < tensor.dim(1); row++) {
            System.arraycopy(tensor.data(), tensor.offset(0, row, head * 4), one.data(), row * 4, 4);
        }
        return one;
    }

    @ParameterizedTest
    @EnumSource
    void identityKernelsAndMixes_arePlainAttention(KeyPadding padding) {
        Heads heads = new Heads(4, 2, 4);
        Positions rope = new Positions.Rope(100, RopeStyle.INTERLEAVED);
        SoftmaxAttention variant = SoftmaxAttention.builder(heads)
                .positions(rope)
                .preConvolution(new ScoreConvolution.KeyQuery(3, 4, padding))
                .preMix(new HeadMix.Grouped(4))
                .postConvolution(new ScoreConvolution.KeyQuery(2, 5, padding))
                .postMix(new HeadMix.Grouped(2))
                .build();
        Map<AttentionWeight, DoubleTensor> identity = new TreeMap<>(Map.of(
                AttentionWeight.PRE_KERNEL, identityKernel(4, 3, 4, padding),
                AttentionWeight.PRE_MIX, identityMix(1, 4),
                AttentionWeight.POST_KERNEL, identityKernel(4, 2, 5, padding),
                AttentionWeight.POST_MIX, identityMix(2, 2)));
        ReferenceRun plain = ReferenceRun.seeded(
                SoftmaxAttention.builder(heads).positions(rope).build(), TOKENS);

        assertClose(ReferenceRun.seeded(variant, identity, TOKENS).whole(), plain.whole());
    }

    private static DoubleTensor identityKernel(int heads, int rows, int columns, KeyPadding padding) {
        DoubleTensor kernel = DoubleTensor.zeros(heads, 1, rows, columns);
        for (int head = 0; head < heads; head++) {
            kernel.data()[kernel.offset(head, 0, rows - 1, padding.left(columns))] = 1;
        }
        return kernel;
    }

    private static DoubleTensor identityMix(int groups, int size) {
        DoubleTensor mix = DoubleTensor.zeros(groups, size, size);
        for (int group = 0; group < groups; group++) {
            for (int head = 0; head < size; head++) {
                mix.data()[mix.offset(group, head, head)] = 1;
            }
        }
        return mix;
    }

    @Test
    void decoding_withOneQueryRowTooFew_isWrong() {
        ReferenceRun run = ReferenceRun.seeded(VariantSamples.MULTI_TOKEN.variant(), TOKENS);
        Step prompt = run.step(0, TOKENS - 1, run.reference().fresh(1));
        Map<String, DoubleTensor> past = new HashMap<>(prompt.present());
        past.replaceAll((role, rows) -> role.equals("query") ? rows.lastRows(rows.dim(2) - 1) : rows);

        double[] decoded = run.step(TOKENS - 1, TOKENS, past).context().data();

        double[] expected = ReferenceRun.rows(run.whole(), TOKENS - 1, TOKENS).data();
        assertThat(worstDifference(decoded, expected)).isGreaterThan(1e-6);
    }

    private static double worstDifference(double[] first, double[] second) {
        double worst = 0;
        for (int index = 0; index < first.length; index++) {
            worst = Math.max(worst, Math.abs(first[index] - second[index]));
        }
        return worst;
    }

    @Test
    void decoding_withAnUntrimmedState_isRight() {
        ReferenceRun run = ReferenceRun.seeded(VariantSamples.EVERYTHING_IN_A_WINDOW.variant(), TOKENS);
        Map<String, DoubleTensor> past = new HashMap<>(run.reference().fresh(1));
        DoubleTensor keys = past.get("key");
        DoubleTensor values = past.get("value");
        DoubleTensor queries = past.get("query");
        for (int token = 0; token < TOKENS - 1; token++) {
            Step step = run.step(token, token + 1, past);
            keys = keys.appendRows(step.present().get("key").lastRows(1));
            values = values.appendRows(step.present().get("value").lastRows(1));
            queries = queries.appendRows(step.present().get("query").lastRows(1));
            past = new HashMap<>(step.present());
        }
        past.putAll(Map.of("key", keys, "value", values, "query", queries));

        assertClose(run.step(TOKENS - 1, TOKENS, past).context(), ReferenceRun.rows(run.whole(), TOKENS - 1, TOKENS));
    }

    @Test
    void slidingWindow_asLongAsTheSequence_isCausal() {
        SoftmaxAttention.Builder builder = SoftmaxAttention.builder(new Heads(2, 1, 4));
        ReferenceRun causal = ReferenceRun.seeded(builder.build(), TOKENS);
        ReferenceRun window =
                ReferenceRun.seeded(builder.mask(new Mask.SlidingWindow(TOKENS)).build(), TOKENS);

        assertThat(window.whole().data()).isEqualTo(causal.whole().data());
    }

    @Test
    void slidingWindow_seesItsSize_theQueryIncluded() {
        SoftmaxAttention.Builder builder = SoftmaxAttention.builder(new Heads(1, 1, 4));
        ReferenceRun run =
                ReferenceRun.seeded(builder.mask(new Mask.SlidingWindow(3)).build(), TOKENS);
        int from = TOKENS - 3;
        DoubleTensor lastThree = plainAttention(
                ReferenceRun.rows(run.q(), from, TOKENS),
                ReferenceRun.rows(run.k(), from, TOKENS),
                ReferenceRun.rows(run.v(), from, TOKENS));

        assertClose(run.whole().lastRows(1), lastThree.lastRows(1));
    }

    @Test
    void shift_ofTheCurrentTokenAlone_isPlainAttention() {
        SoftmaxAttention.Builder builder =
                SoftmaxAttention.builder(new Heads(4, 2, 4)).positions(new Positions.Rope(100, RopeStyle.ROTATE_HALF));
        ReferenceRun plain = ReferenceRun.seeded(builder.build(), TOKENS);
        DoubleTensor current = new DoubleTensor(new int[] {2, 2}, new double[] {0, 1, 0, 1});
        ReferenceRun shifted = ReferenceRun.seeded(
                builder.shift(new KeyValueShift.Taps(2)).build(),
                Map.of(AttentionWeight.KEY_SHIFT, current, AttentionWeight.VALUE_SHIFT, current),
                TOKENS);

        assertClose(shifted.whole(), plain.whole());
    }

    /**
     * v_hat[j] = cur v[j] + prev v[j - 1], so v[j] counts with cur A[i, j] + prev A[i, j + 1]: a 1x2 kernel on the
     * weights. For the keys: cur S[i, j] + prev S[i, j - 1].
     */
    @Test
    void shift_withoutPositions_isAPairOfKernels() {
        Heads heads = new Heads(4, 2, 4);
        DoubleTensor keyShift = new DoubleTensor(new int[] {2, 2}, new double[] {0.25, 0.75, 0.4, 1.5});
        DoubleTensor valueShift = new DoubleTensor(new int[] {2, 2}, new double[] {-0.3, 0.8, 0.7, 0.2});
        ReferenceRun shifted = ReferenceRun.seeded(
                SoftmaxAttention.builder(heads).shift(new KeyValueShift.Taps(2)).build(),
                Map.of(AttentionWeight.KEY_SHIFT, keyShift, AttentionWeight.VALUE_SHIFT, valueShift),
                TOKENS);
        ReferenceRun convolved = ReferenceRun.seeded(
                SoftmaxAttention.builder(heads)
                        .preConvolution(new ScoreConvolution.KeyQuery(1, 2, KeyPadding.LEFT))
                        .postConvolution(new ScoreConvolution.KeyQuery(1, 2, KeyPadding.RIGHT))
                        .build(),
                Map.of(
                        AttentionWeight.PRE_KERNEL,
                        new DoubleTensor(
                                new int[] {4, 1, 1, 2}, new double[] {0.25, 0.75, 0.25, 0.75, 0.4, 1.5, 0.4, 1.5}),
                        AttentionWeight.POST_KERNEL,
                        new DoubleTensor(
                                new int[] {4, 1, 1, 2}, new double[] {0.8, -0.3, 0.8, -0.3, 0.2, 0.7, 0.2, 0.7})),
                TOKENS);

        assertClose(shifted.whole(), convolved.whole());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4})
    void shift_afterRightPadding_continuesFromTheLastRealToken(int right) {
        SoftmaxAttention variant = (SoftmaxAttention) VariantSamples.KV_SHIFT_OF_FOUR.variant();
        ReferenceRun run = ReferenceRun.seeded(variant, TOKENS);

        Map<String, DoubleTensor> unpadded =
                run.step(0, TOKENS, run.reference().fresh(1)).present();
        Map<String, DoubleTensor> padded = run.padded(2, right).present();

        assertThat(padded.get("last_key").data())
                .isEqualTo(unpadded.get("last_key").data());
        assertThat(padded.get("last_value").data())
                .isEqualTo(unpadded.get("last_value").data());
    }

    @Test
    void rope_onlyDependsOnDistance() {
        ReferenceRun run = ReferenceRun.seeded(VariantSamples.PLAIN.variant(), TOKENS);
        long[][] far = new long[1][TOKENS];
        Arrays.setAll(far[0], slot -> slot + 1000);
        boolean[][] real = new boolean[1][TOKENS];
        Arrays.fill(real[0], true);

        DoubleTensor moved = run.reference()
                .attend(
                        new AttentionReference.Input(run.q(), run.k(), run.v(), real, far),
                        run.reference().fresh(1))
                .context();

        TensorAssertions.assertClose(moved, run.whole(), 1e-10);
    }

    @Test
    void rope_turnsThePairsOfItsStyle() {
        DoubleTensor row = new DoubleTensor(new int[] {1, 1, 1, 4}, new double[] {1, 0, 0, 2});

        DoubleTensor interleaved =
                RopeRotation.rotate(new Positions.Rope(100, RopeStyle.INTERLEAVED), row, new long[][] {{1}});
        DoubleTensor halves =
                RopeRotation.rotate(new Positions.Rope(100, RopeStyle.ROTATE_HALF), row, new long[][] {{1}});

        // Frequencies of d = 4 and base 100: 1 and 0.1.
        assertThat(interleaved.data()).containsExactly(Math.cos(1), Math.sin(1), -2 * Math.sin(0.1), 2 * Math.cos(0.1));
        assertThat(halves.data()).containsExactly(Math.cos(1), -2 * Math.sin(0.1), Math.sin(1), 2 * Math.cos(0.1));
    }
}
