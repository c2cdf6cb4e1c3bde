package dev.heddle.models.family;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.decoder.AttentionBlock;
import dev.heddle.models.decoder.Bias;
import dev.heddle.models.decoder.Decoder;
import dev.heddle.models.decoder.DecoderLayer;
import dev.heddle.models.decoder.FeedForward;
import dev.heddle.models.decoder.Linear;
import dev.heddle.models.decoder.RmsNorm;
import dev.heddle.models.weight.Weight;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * What Llama-like models of Hugging Face have in common: field names, tensor names and everything around the attention.
 *
 * @param tied whether the head is the embedding
 * @param feedForwardBias whether the three projections of the feed-forward block have a bias
 */
record HuggingFaceModel(
        String family,
        int vocab,
        int hidden,
        int intermediate,
        int layers,
        double epsilon,
        int maxPositions,
        boolean tied,
        boolean feedForwardBias) {

    /**
     * Fields for training, generation, tokenizers and bookkeeping. Dropout does nothing at inference; pretraining_tp
     * only orders the sums of a product.
     */
    static final Set<String> HARMLESS_FIELDS = Set.of(
            "_attn_implementation",
            "_attn_implementation_autoset",
            "_name_or_path",
            "architectures",
            "attention_dropout",
            "attn_implementation",
            "auto_map",
            "bos_token_id",
            "chunk_size_feed_forward",
            "dtype",
            "eos_token_id",
            "gradient_checkpointing",
            "hidden_dropout",
            "id2label",
            "initializer_range",
            "is_decoder",
            "label2id",
            "model_max_length",
            "model_type",
            "num_labels",
            "output_attentions",
            "output_hidden_states",
            "pad_token_id",
            "pretraining_tp",
            "problem_type",
            "return_dict",
            "tokenizer_class",
            "torch_dtype",
            "transformers_version",
            "unk_token_id",
            "use_cache");

    static HuggingFaceModel read(String family, ConfigFields fields, double fallbackEpsilon) {
        fields.requireNeutral("hidden_act", "silu");
        fields.requireNeutral("is_encoder_decoder", "false");
        fields.requireNeutral("add_cross_attention", "false");
        fields.requireNeutral("rope_interleaved", "false");
        fields.requireNeutral("partial_rotary_factor", "1.0");
        fields.requireAbsent("quantization_config");
        return new HuggingFaceModel(
                family,
                fields.count("vocab_size"),
                fields.count("hidden_size"),
                fields.count("intermediate_size"),
                fields.layers("num_hidden_layers"),
                fields.positive("rms_norm_eps", fallbackEpsilon),
                fields.count("max_position_embeddings", 2048),
                fields.flag("tie_word_embeddings", false),
                fields.flag("mlp_bias", false));
    }

    /** The usual fields, and {@code head_dim} if it is there. */
    Heads heads(ConfigFields fields) {
        int query = fields.count("num_attention_heads");
        int keyValue = fields.count("num_key_value_heads", query);
        if (!fields.has("head_dim")) {
            return heads(fields, "num_attention_heads", query, "num_key_value_heads", keyValue);
        }
        requireDivides(fields, "num_key_value_heads", keyValue, "num_attention_heads", query);
        int size = fields.count("head_dim");
        if (size % 2 != 0) {
            throw fields.failure("head_dim", "an even number", "RoPE turns pairs of features");
        }
        return new Heads(query, keyValue, size);
    }

    /** Heads of width hidden_size / heads; the fields are for messages. */
    Heads heads(ConfigFields fields, String queryField, int query, String keyValueField, int keyValue) {
        requireDivides(fields, keyValueField, keyValue, queryField, query);
        requireDivides(fields, queryField, query, "hidden_size", hidden);
        if (hidden / query % 2 != 0) {
            throw fields.failure(queryField, "heads of even width", "RoPE turns pairs of features");
        }
        return new Heads(query, keyValue, hidden / query);
    }

    private static void requireDivides(ConfigFields fields, String field, int divisor, String whole, int value) {
        if (value % divisor != 0) {
            throw fields.failure(field, "a divisor of " + whole + " " + value, "correct the file");
        }
    }

    static String layerPath(int layer) {
        return "model.layers." + layer;
    }

    /** A projection of this module, [out, in], with its bias if it has one. */
    static Linear linear(String path, long out, long in, boolean bias) {
        Weight weight = new Weight.Stored(path + ".weight", Shape.of(out, in));
        return bias
                ? new Linear(path, weight, new Bias.Added(new Weight.Stored(path + ".bias", Shape.of(out))))
                : new Linear(path, weight);
    }

    /** The whole decoder, with tied weights stored under whichever of their names the source holds. */
    Decoder decoder(IntFunction<AttentionBlock> attention, SortedMap<String, Shape> stored) {
        String embeddingName = "model.embed_tokens.weight";
        String headName = "lm_head.weight";
        boolean onlyHead = tied && stored.containsKey(headName) && !stored.containsKey(embeddingName);
        Weight embedding = new Weight.Stored(onlyHead ? headName : embeddingName, Shape.of(vocab, hidden));
        Weight head = tied ? embedding : new Weight.Stored(headName, Shape.of(vocab, hidden));
        return decoder(attention, embedding, head);
    }

    Decoder decoder(IntFunction<AttentionBlock> attention, Weight embedding, Weight head) {
        return new Decoder(
                family,
                embedding,
                IntStream.range(0, layers)
                        .mapToObj(layer -> layer(layerPath(layer), attention.apply(layer)))
                        .toList(),
                norm("model.norm"),
                new Linear("lm_head", head),
                maxPositions);
    }

    private DecoderLayer layer(String path, AttentionBlock attention) {
        String feedForward = path + ".mlp";
        return new DecoderLayer(
                path,
                norm(path + ".input_layernorm"),
                attention,
                norm(path + ".post_attention_layernorm"),
                new FeedForward(
                        feedForward,
                        linear(feedForward + ".gate_proj", intermediate, hidden, feedForwardBias),
                        linear(feedForward + ".up_proj", intermediate, hidden, feedForwardBias),
                        linear(feedForward + ".down_proj", hidden, intermediate, feedForwardBias)));
    }

    private RmsNorm norm(String path) {
        return new RmsNorm(path, new Weight.Stored(path + ".weight", Shape.of(hidden)), epsilon);
    }

    static boolean isRecomputedBuffer(String tensor) {
        return tensor.endsWith(".rotary_emb.inv_freq");
    }

    static SortedMap<String, String> copies(Decoder decoder) {
        String embedding = decoder.embedding().name();
        SortedMap<String, String> copies = new TreeMap<>();
        if (decoder.isTied()) {
            copies.putAll(Map.of("model.embed_tokens.weight", embedding, "lm_head.weight", embedding));
            copies.remove(embedding);
        }
        return copies;
    }
}
