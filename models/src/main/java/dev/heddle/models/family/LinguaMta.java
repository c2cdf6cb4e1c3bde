package dev.heddle.models.family;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.attention.DepthScale;
import dev.heddle.models.attention.SoftmaxAttention;
import dev.heddle.models.decoder.AttentionBlock;
import dev.heddle.models.decoder.Decoder;
import dev.heddle.models.decoder.DecoderLayer;
import dev.heddle.models.decoder.FeedForward;
import dev.heddle.models.decoder.Linear;
import dev.heddle.models.decoder.RmsNorm;
import dev.heddle.models.weight.Weight;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Multi-Token Attention as facebookresearch/RAM trains it on facebookresearch/lingua: {@code params.json} and one flat
 * state dict. Also its baselines without any of the attention's parts. Golovneva et al. 2025 (arXiv 2504.00927).
 */
final class LinguaMta implements Family {

    private static final String EMBEDDING = "tok_embeddings.weight";
    private static final List<String> HEADS = List.of("output.weight", "output.tied_module.weight");

    @Override
    public String name() {
        return "lingua-mta";
    }

    /** Only {@code model} is looked at: the rest of the file is about data, training and logging. */
    @Override
    public boolean accepts(ModelConfig config) {
        return config.json().path("model").path("dim").isNumber();
    }

    @Override
    public Decoder describe(ModelConfig config, SortedMap<String, Shape> stored, Consumer<String> warnings) {
        LinguaModel model = LinguaModel.read(ConfigFields.of(config).section("model"), vocabulary(stored));
        Shape table = Shape.of(model.vocab(), model.dim());
        Weight embedding = new Weight.Stored(embeddingName(model, stored), table);
        Weight head = model.tied() ? embedding : new Weight.Stored(HEADS.get(0), table);
        return new Decoder(
                name(),
                embedding,
                IntStream.range(0, model.layers())
                        .mapToObj(layer -> layer(model, layer))
                        .toList(),
                norm(model, "norm", 1),
                new Linear("output", head),
                model.maxPositions());
    }

    /** Rows of the embedding, for a file that leaves the vocabulary to the tokenizer; 0 if not known. */
    private static int vocabulary(SortedMap<String, Shape> stored) {
        Shape table = stored.get(EMBEDDING);
        return table == null || table.rank() != 2 ? 0 : Math.toIntExact(table.lengths()[0]);
    }

    /**
     * A tied table may be stored under its name as a head alone, since some writers keep one of several names of a
     * tensor.
     */
    private static String embeddingName(LinguaModel model, SortedMap<String, Shape> stored) {
        if (!model.tied() || stored.containsKey(EMBEDDING)) {
            return EMBEDDING;
        }
        return HEADS.stream().filter(stored::containsKey).findFirst().orElse(EMBEDDING);
    }

    private static DecoderLayer layer(LinguaModel model, int layer) {
        String path = "layers." + layer;
        double scale = model.parts().depthScaledNorms() ? DepthScale.factor(layer) : 1;
        String attention = path + ".attention";
        String feedForward = path + ".feed_forward";
        long query = model.heads().queryWidth();
        long keyValue = model.heads().keyValueWidth();
        SoftmaxAttention variant = model.parts().variant(layer, model.heads(), model.rope());
        return new DecoderLayer(
                path,
                norm(model, path + ".attention_norm", scale),
                new AttentionBlock(
                        attention,
                        variant,
                        linear(attention + ".wq", query, model.dim()),
                        linear(attention + ".wk", keyValue, model.dim()),
                        linear(attention + ".wv", keyValue, model.dim()),
                        linear(attention + ".wo", model.dim(), query),
                        model.parts().weights(variant, attention)),
                norm(model, path + ".ffn_norm", scale),
                new FeedForward(
                        feedForward,
                        linear(feedForward + ".w1", model.feedForward(), model.dim()),
                        linear(feedForward + ".w3", model.feedForward(), model.dim()),
                        linear(feedForward + ".w2", model.dim(), model.feedForward())));
    }

    private static Linear linear(String path, long out, long in) {
        return new Linear(path, new Weight.Stored(path + ".weight", Shape.of(out, in)));
    }

    private static RmsNorm norm(LinguaModel model, String path, double scale) {
        return new RmsNorm(path, new Weight.Stored(path + ".weight", Shape.of(model.dim())), model.epsilon(), scale);
    }

    @Override
    public boolean ignores(String tensor) {
        return tensor.equals("rope_embeddings.freqs_cis");
    }

    @Override
    public SortedMap<String, String> copies(Decoder decoder) {
        String embedding = decoder.embedding().name();
        SortedMap<String, String> copies = new TreeMap<>();
        if (decoder.isTied()) {
            HEADS.forEach(head -> copies.put(head, embedding));
            copies.remove(embedding);
        }
        return copies;
    }
}
