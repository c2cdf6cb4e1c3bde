package dev.heddle.models.decoder;

import dev.heddle.models.attention.AttentionReference;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.reference.DoubleTensor;
import dev.heddle.models.weight.WeightReader;
import dev.heddle.models.weight.WeightRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A whole decoder in float64: the source of truth for a model's logits.
 *
 * <p>Large weights are read row by row at every step and not kept, so the heap needed does not grow with them. Results
 * do not depend on the number of threads. Thread-safe; valid while the checkpoint is open.
 */
public final class DecoderReference {

    private final Decoder decoder;
    private final LinearReference linears;
    private final WeightReader weights;
    private final List<AttentionReference> attentions;

    public DecoderReference(Decoder decoder, WeightReader weights) {
        this.decoder = decoder;
        this.weights = weights;
        this.linears = new LinearReference(weights);
        this.attentions = decoder.layers().stream()
                .map(layer -> attention(layer.attention()))
                .toList();
    }

    private AttentionReference attention(AttentionBlock block) {
        Map<AttentionWeight, DoubleTensor> learned = new TreeMap<>();
        block.weights().forEach((weight, source) -> learned.put(weight, weights.doubles(source)));
        return block.variant().reference(learned);
    }

    /**
     * New tokens of a batch of sequences.
     *
     * @param ids [batch][q_len]
     * @param real [batch][total_len]: whether the token in that slot is real, not padding; past slots first
     * @param positions [batch][q_len]
     */
    public record Input(long[][] ids, boolean[][] real, long[][] positions) {

        /** Tokens without padding after {@code past} others; all sequences of one length. */
        public static Input unpadded(long[][] ids, int past) {
            int length = ids[0].length;
            boolean[] real = new boolean[past + length];
            Arrays.fill(real, true);
            long[] positions = LongStream.range(past, past + length).toArray();
            return new Input(
                    ids,
                    Arrays.stream(ids).map(row -> real).toArray(boolean[][]::new),
                    Arrays.stream(ids).map(row -> positions).toArray(long[][]::new));
        }
    }

    /**
     * @param logits [batch, q_len, vocab]
     * @param present state after the new tokens
     */
    public record Step(DoubleTensor logits, DecoderState present) {}

    /** Told each module's output [batch, q_len, features] under its path in the source, in the order of computation. */
    @FunctionalInterface
    public interface Observer {
        void observe(String path, DoubleTensor value);
    }

    /** State of a batch of sequences without any token. */
    public DecoderState fresh(int batch) {
        return new DecoderState(
                attentions.stream().map(attention -> attention.fresh(batch)).toList());
    }

    /** Logits of whole sequences without padding. */
    public DoubleTensor logits(long[][] ids) {
        return step(Input.unpadded(ids, 0), fresh(ids.length)).logits();
    }

    public Step step(Input input, DecoderState past) {
        return step(input, past, (path, value) -> {});
    }

    /** @throws IllegalArgumentException if an id is not in the vocabulary */
    public Step step(Input input, DecoderState past, Observer observer) {
        DoubleTensor hidden = embed(input.ids());
        observer.observe(decoder.embedding().name(), hidden);
        List<Map<String, DoubleTensor>> present = new ArrayList<>();
        for (int index = 0; index < attentions.size(); index++) {
            DecoderLayer layer = decoder.layers().get(index);
            AttentionBlock block = layer.attention();
            DoubleTensor normed = normalise(layer.attentionNorm(), hidden, observer);
            AttentionReference.Input projected = new AttentionReference.Input(
                    linears.apply(block.query(), normed),
                    linears.apply(block.key(), normed),
                    linears.apply(block.value(), normed),
                    input.real(),
                    input.positions());
            AttentionReference.Step step =
                    attentions.get(index).attend(projected, past.layers().get(index));
            present.add(step.present());
            observer.observe(block.path() + ".context", step.context());
            DoubleTensor attended = linears.apply(block.output(), step.context());
            observer.observe(block.path(), attended);
            hidden = sum(hidden, attended);
            DoubleTensor fed = feedForward(layer.feedForward(), normalise(layer.feedForwardNorm(), hidden, observer));
            observer.observe(layer.feedForward().path(), fed);
            hidden = sum(hidden, fed);
            observer.observe(layer.path(), hidden);
        }
        DoubleTensor logits = linears.apply(decoder.head(), normalise(decoder.norm(), hidden, observer));
        observer.observe(decoder.head().path(), logits);
        return new Step(logits, new DecoderState(present));
    }

    private DoubleTensor embed(long[][] ids) {
        WeightRows rows = weights.rows(decoder.embedding());
        DoubleTensor hidden = DoubleTensor.zeros(ids.length, ids[0].length, decoder.hiddenSize());
        double[] row = new double[decoder.hiddenSize()];
        for (int batch = 0; batch < ids.length; batch++) {
            for (int token = 0; token < ids[batch].length; token++) {
                long id = ids[batch][token];
                if (id < 0 || id >= decoder.vocabSize()) {
                    throw new IllegalArgumentException(
                            "token ids of this model are 0 to " + (decoder.vocabSize() - 1) + ", got " + id);
                }
                rows.read(id, row);
                System.arraycopy(row, 0, hidden.data(), hidden.offset(batch, token), row.length);
            }
        }
        return hidden;
    }

    private DoubleTensor normalise(RmsNorm norm, DoubleTensor hidden, Observer observer) {
        double[] weight = weights.doubles(norm.weight()).data();
        double[] normed = new double[hidden.data().length];
        for (int from = 0; from < normed.length; from += weight.length) {
            double squares = 0;
            for (int feature = 0; feature < weight.length; feature++) {
                double value = hidden.data()[from + feature];
                squares += value * value;
            }
            double factor = norm.scale() / Math.sqrt(squares / weight.length + norm.epsilon());
            for (int feature = 0; feature < weight.length; feature++) {
                normed[from + feature] = hidden.data()[from + feature] * factor * weight[feature];
            }
        }
        DoubleTensor result = new DoubleTensor(hidden.shape(), normed);
        observer.observe(norm.path(), result);
        return result;
    }

    private DoubleTensor feedForward(FeedForward block, DoubleTensor normed) {
        DoubleTensor gate = linears.apply(block.gate(), normed);
        DoubleTensor up = linears.apply(block.up(), normed);
        double[] product = IntStream.range(0, gate.data().length)
                .mapToDouble(index -> {
                    double x = gate.data()[index];
                    return x / (1 + Math.exp(-x)) * up.data()[index];
                })
                .toArray();
        return linears.apply(block.down(), new DoubleTensor(gate.shape(), product));
    }

    private static DoubleTensor sum(DoubleTensor first, DoubleTensor second) {
        double[] sum = first.data().clone();
        for (int index = 0; index < sum.length; index++) {
            sum[index] += second.data()[index];
        }
        return new DoubleTensor(first.shape(), sum);
    }
}
