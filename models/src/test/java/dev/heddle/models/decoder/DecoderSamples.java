package dev.heddle.models.decoder;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.attention.AttentionVariant;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.weight.Weight;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** Decoders of one layer and 19 tokens around any attention variant. */
public final class DecoderSamples {

    public static final int VOCAB = 19;
    private static final int HIDDEN = 16;
    private static final int INNER = 24;

    private DecoderSamples() {}

    public static Decoder around(AttentionVariant variant) {
        Weight embedding = stored("embed.weight", VOCAB, HIDDEN);
        RmsNorm norm = new RmsNorm("norm", stored("norm.weight", HIDDEN), 1e-5);
        return new Decoder("sample", embedding, List.of(layer(variant)), norm, linear("head", VOCAB, HIDDEN), 64);
    }

    private static DecoderLayer layer(AttentionVariant variant) {
        Heads heads = variant.heads();
        SortedMap<AttentionWeight, Weight> weights = new TreeMap<>();
        variant.weights()
                .forEach((weight, shape) -> weights.put(
                        weight,
                        new Weight.Stored("layers.0.attention." + weight.name().toLowerCase(Locale.ROOT), shape)));
        int query = heads.query() * heads.size();
        int keyValue = heads.keyValue() * heads.size();
        AttentionBlock attention = new AttentionBlock(
                "layers.0.attention",
                variant,
                linear("layers.0.attention.wq", query, HIDDEN),
                linear("layers.0.attention.wk", keyValue, HIDDEN),
                linear("layers.0.attention.wv", keyValue, HIDDEN),
                linear("layers.0.attention.wo", HIDDEN, query),
                weights);
        FeedForward feedForward = new FeedForward(
                "layers.0.ffn",
                linear("layers.0.ffn.w1", INNER, HIDDEN),
                linear("layers.0.ffn.w3", INNER, HIDDEN),
                linear("layers.0.ffn.w2", HIDDEN, INNER));
        return new DecoderLayer(
                "layers.0",
                new RmsNorm("layers.0.attention_norm", stored("layers.0.attention_norm.weight", HIDDEN), 1e-5),
                attention,
                new RmsNorm("layers.0.ffn_norm", stored("layers.0.ffn_norm.weight", HIDDEN), 1e-5),
                feedForward);
    }

    private static Linear linear(String path, int out, int in) {
        return new Linear(path, stored(path + ".weight", out, in));
    }

    private static Weight stored(String name, long... lengths) {
        return new Weight.Stored(name, Shape.of(lengths));
    }
}
