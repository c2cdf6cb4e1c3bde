package dev.heddle.models.attention;

import dev.heddle.models.attention.AttentionReference.Input;
import dev.heddle.models.attention.AttentionReference.Step;
import dev.heddle.models.reference.DoubleTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** Seeded inputs and weights for a variant's reference, and ways to feed them: whole, in chunks, with padding. */
public record ReferenceRun(
        AttentionVariant variant, AttentionReference reference, DoubleTensor q, DoubleTensor k, DoubleTensor v) {

    public static ReferenceRun seeded(AttentionVariant variant, int tokens) {
        return seeded(variant, weights(variant, 7), tokens);
    }

    public static ReferenceRun seeded(
            AttentionVariant variant, Map<AttentionWeight, DoubleTensor> weights, int tokens) {
        Random random = new Random(42);
        Heads heads = variant.heads();
        return new ReferenceRun(
                variant,
                variant.reference(weights),
                normal(random, 1, tokens, heads.query() * heads.size()),
                normal(random, 1, tokens, heads.keyValue() * heads.size()),
                normal(random, 1, tokens, heads.keyValue() * heads.size()));
    }

    public static Map<AttentionWeight, DoubleTensor> weights(AttentionVariant variant, long seed) {
        Random random = new Random(seed);
        Map<AttentionWeight, DoubleTensor> weights = new TreeMap<>();
        variant.weights()
                .forEach((weight, shape) -> weights.put(
                        weight,
                        normal(
                                random,
                                Arrays.stream(shape.lengths())
                                        .mapToInt(Math::toIntExact)
                                        .toArray())));
        return weights;
    }

    static DoubleTensor normal(Random random, int... shape) {
        DoubleTensor tensor = DoubleTensor.zeros(shape);
        Arrays.setAll(tensor.data(), index -> random.nextGaussian());
        return tensor;
    }

    public int tokens() {
        return q.dim(1);
    }

    /** Context of the whole sequence, [1, tokens, Hq * d]. */
    public DoubleTensor whole() {
        return step(0, tokens(), reference.fresh(1)).context();
    }

    public DoubleTensor chunked(int... lengths) {
        Map<String, DoubleTensor> past = reference.fresh(1);
        DoubleTensor context = DoubleTensor.zeros(1, 0, q.dim(2));
        int done = 0;
        for (int length : lengths) {
            Step step = step(done, done + length, past);
            context = context.appendRows(step.context());
            past = step.present();
            done += length;
        }
        return context;
    }

    /** Tokens {@code from} to {@code to} after the past, without padding. */
    public Step step(int from, int to, Map<String, DoubleTensor> past) {
        boolean[] real = new boolean[to];
        Arrays.fill(real, true);
        long[] positions = LongStream.range(from, to).toArray();
        Input input = new Input(
                rows(q, from, to), rows(k, from, to), rows(v, from, to), new boolean[][] {real}, new long[][] {positions
                });
        return reference.attend(input, past);
    }

    /** The whole sequence with large numbers in padding before and after it; returns all rows, padding included. */
    public Step padded(int left, int right) {
        int total = left + tokens() + right;
        boolean[] real = new boolean[total];
        Arrays.fill(real, left, left + tokens(), true);
        long[] positions =
                LongStream.range(0, total).map(slot -> Math.max(0, slot - left)).toArray();
        Input input = new Input(
                pad(q, left, right), pad(k, left, right), pad(v, left, right), new boolean[][] {real}, new long[][] {
                    positions
                });
        return reference.attend(input, reference.fresh(1));
    }

    private static DoubleTensor pad(DoubleTensor tensor, int left, int right) {
        DoubleTensor before = DoubleTensor.zeros(1, left, tensor.dim(2));
        DoubleTensor after = DoubleTensor.zeros(1, right, tensor.dim(2));
        Arrays.fill(before.data(), 1e3);
        Arrays.fill(after.data(), -1e3);
        return before.appendRows(tensor).appendRows(after);
    }

    public static DoubleTensor rows(DoubleTensor tensor, int from, int to) {
        int width = tensor.dim(2);
        return new DoubleTensor(
                new int[] {1, to - from, width}, Arrays.copyOfRange(tensor.data(), from * width, to * width));
    }
}
