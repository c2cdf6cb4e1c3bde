package dev.heddle.models.decoder;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.weight.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A decoder-only language model: logits = head(norm(layers(embedding[input_ids]))).
 *
 * @param family name of the family that described it, for instance {@code lingua-mta}
 * @param embedding [vocab, hidden]
 * @param head [vocab, hidden]; the same {@link Weight} as the embedding if tied
 * @param maxPositions length the model was made for, in tokens; not enforced by the graph
 */
public record Decoder(
        String family, Weight embedding, List<DecoderLayer> layers, RmsNorm norm, Linear head, int maxPositions) {

    public Decoder {
        layers = List.copyOf(layers);
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("a decoder has at least 1 layer, got 0");
        }
    }

    public int vocabSize() {
        return Math.toIntExact(embedding.shape().lengths()[0]);
    }

    public int hiddenSize() {
        return Math.toIntExact(embedding.shape().lengths()[1]);
    }

    public boolean isTied() {
        return head.weight().equals(embedding);
    }

    /** Every weight of the model in the order of use; a tied head is listed once. */
    public List<Weight> weights() {
        List<Weight> weights = new ArrayList<>();
        weights.add(embedding);
        for (DecoderLayer layer : layers) {
            weights.add(layer.attentionNorm().weight());
            add(weights, layer.attention().query());
            add(weights, layer.attention().key());
            add(weights, layer.attention().value());
            weights.addAll(layer.attention().weights().values());
            add(weights, layer.attention().output());
            weights.add(layer.feedForwardNorm().weight());
            add(weights, layer.feedForward().gate());
            add(weights, layer.feedForward().up());
            add(weights, layer.feedForward().down());
        }
        weights.add(norm.weight());
        if (!isTied()) {
            add(weights, head);
        }
        return weights;
    }

    private static void add(List<Weight> weights, Linear linear) {
        weights.add(linear.weight());
        if (linear.bias() instanceof Bias.Added bias) {
            weights.add(bias.weight());
        }
    }

    /** The checkpoint tensors the model is made of, by name. */
    public SortedMap<String, Shape> storedTensors() {
        SortedMap<String, Shape> tensors = new TreeMap<>();
        weights()
                .forEach(weight ->
                        tensors.put(weight.stored().name(), weight.stored().shape()));
        return tensors;
    }

    /** Number of learned numbers; a tied head counts once. */
    public long parameterCount() {
        return storedTensors().values().stream().mapToLong(Shape::elements).sum();
    }
}
