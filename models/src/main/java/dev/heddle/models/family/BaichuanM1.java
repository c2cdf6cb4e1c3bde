package dev.heddle.models.family;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.KeyValueShift;
import dev.heddle.models.attention.Mask;
import dev.heddle.models.attention.Positions;
import dev.heddle.models.attention.SoftmaxAttention;
import dev.heddle.models.decoder.AttentionBlock;
import dev.heddle.models.decoder.Decoder;
import dev.heddle.models.decoder.Linear;
import dev.heddle.models.weight.Weight;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Baichuan-M1: KV shifting, some layers with a sliding window and other head counts, a head whose rows are normalised.
 * Technical report: arXiv 2502.12671 (2025).
 */
final class BaichuanM1 implements Family {

    /** Without effect in a model that has no sliding-window layers. */
    private static final List<String> WINDOW_FIELDS =
            List.of("sliding_window", "num_swa_attention_heads", "num_swa_key_value_heads");

    @Override
    public String name() {
        return "baichuan-m1";
    }

    @Override
    public boolean accepts(ModelConfig config) {
        return config.json().path("model_type").asText().equals("baichuan_m1");
    }

    @Override
    public Decoder describe(ModelConfig config, SortedMap<String, Shape> stored, Consumer<String> warnings) {
        ConfigFields fields = ConfigFields.of(config);
        warnIfAssumed(config, fields, "rope_theta", "1e6", warnings);
        warnIfAssumed(config, fields, "rms_norm_eps", "1e-6", warnings);
        fields.requireNeutral("tie_word_embeddings", "false");
        fields.requireNeutral("mlp_bias", "false");
        fields.requireNeutral("attention_bias", "false");
        fields.requireAbsent("rope_scaling");
        fields.requireAbsent("rope_parameters");
        HuggingFaceModel model = HuggingFaceModel.read(name(), fields, 1e-6);
        KeyValueShift shift = new KeyValueShift.Taps(window(fields));
        Positions rope = RopeFields.read(fields, 1e6);
        List<Integer> windowLayers = windowLayers(fields, model.layers());
        SoftmaxAttention everywhere = SoftmaxAttention.builder(heads(fields, model, "num"))
                .positions(rope)
                .shift(shift)
                .build();
        SoftmaxAttention windowed = windowLayers.isEmpty()
                ? everywhere
                : SoftmaxAttention.builder(heads(fields, model, "num_swa"))
                        .positions(rope)
                        .shift(shift)
                        .mask(new Mask.SlidingWindow(fields.count("sliding_window")))
                        .build();
        WINDOW_FIELDS.forEach(fields::has);
        Set<String> harmless = new HashSet<>(HuggingFaceModel.HARMLESS_FIELDS);
        // Used in the loss only.
        harmless.add("z_loss_weight");
        fields.refuseOthers(harmless);
        Weight embedding = new Weight.Stored("model.embed_tokens.weight", Shape.of(model.vocab(), model.hidden()));
        Weight head = new Weight.UnitRows(new Weight.Stored("lm_head.weight", Shape.of(model.vocab(), model.hidden())));
        return model.decoder(
                layer -> block(layer, windowLayers.contains(layer) ? windowed : everywhere, model.hidden()),
                embedding,
                head);
    }

    private static void warnIfAssumed(
            ModelConfig config, ConfigFields fields, String field, String value, Consumer<String> warnings) {
        if (!fields.has(field)) {
            warnings.accept(config.file() + ": " + field + ": expected a number above 0, got nothing; " + value
                    + " is assumed");
        }
    }

    private static int window(ConfigFields fields) {
        int window = fields.count("conv_window", 2);
        if (window < 2) {
            throw fields.failure("conv_window", "a whole number of at least 2", "correct the file");
        }
        return window;
    }

    private static List<Integer> windowLayers(ConfigFields fields, int layers) {
        List<Integer> windowLayers = fields.indices("sliding_window_layers");
        if (windowLayers.stream().anyMatch(layer -> layer >= layers)) {
            throw fields.failure(
                    "sliding_window_layers", "layers below num_hidden_layers " + layers, "correct the file");
        }
        return windowLayers;
    }

    /**
     * Head counts of one kind of layer; the sliding-window layers have those of the others where the configuration does
     * not say.
     */
    private static Heads heads(ConfigFields fields, HuggingFaceModel model, String prefix) {
        int query = fields.count("num_attention_heads");
        int keyValue = fields.count("num_key_value_heads", query);
        String queryField = prefix + "_attention_heads";
        String keyValueField = prefix + "_key_value_heads";
        return model.heads(
                fields,
                queryField,
                fields.count(queryField, query),
                keyValueField,
                fields.count(keyValueField, keyValue));
    }

    private static AttentionBlock block(int layer, SoftmaxAttention variant, int hidden) {
        String path = HuggingFaceModel.layerPath(layer) + ".self_attn";
        Heads heads = variant.heads();
        long query = heads.queryWidth();
        long keyValue = heads.keyValueWidth();
        Weight packed = new Weight.Stored(path + ".W_pack.weight", Shape.of(query + 2 * keyValue, hidden));
        return new AttentionBlock(
                path,
                variant,
                rows(path, packed, "q", 0, query),
                rows(path, packed, "k", query, query + keyValue),
                rows(path, packed, "v", query + keyValue, query + 2 * keyValue),
                HuggingFaceModel.linear(path + ".o_proj", hidden, query, false),
                new TreeMap<>(Map.of(
                        AttentionWeight.KEY_SHIFT, shift(path + ".conv_k", variant),
                        AttentionWeight.VALUE_SHIFT, shift(path + ".conv_v", variant))));
    }

    private static Linear rows(String path, Weight packed, String label, long from, long to) {
        return new Linear(path + ".W_pack." + label, new Weight.Rows(packed, label, from, to));
    }

    private static Weight shift(String name, SoftmaxAttention variant) {
        int taps = variant.shift().reach() + 1;
        return new Weight.Reshaped(
                new Weight.Stored(name, ShiftTensors.spread(variant.heads(), taps)),
                ShiftTensors.flat(variant.heads(), taps));
    }

    @Override
    public boolean ignores(String tensor) {
        return HuggingFaceModel.isRecomputedBuffer(tensor);
    }

    @Override
    public SortedMap<String, String> copies(Decoder decoder) {
        return HuggingFaceModel.copies(decoder);
    }
}
