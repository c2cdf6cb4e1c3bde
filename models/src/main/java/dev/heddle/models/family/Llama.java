package dev.heddle.models.family;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.KeyValueShift;
import dev.heddle.models.attention.Positions;
import dev.heddle.models.attention.SoftmaxAttention;
import dev.heddle.models.decoder.AttentionBlock;
import dev.heddle.models.decoder.Decoder;
import dev.heddle.models.weight.Weight;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Llama of Hugging Face, MHA or GQA; with tensors {@code self_attn.K} and {@code self_attn.V} also its KV-shifting form
 * (Xu et al. 2024, appendix F), which the configuration does not show.
 */
final class Llama implements Family {

    @Override
    public String name() {
        return "llama";
    }

    @Override
    public boolean accepts(ModelConfig config) {
        return config.json().path("model_type").asText().equals("llama");
    }

    @Override
    public Decoder describe(ModelConfig config, SortedMap<String, Shape> stored, Consumer<String> warnings) {
        ConfigFields fields = ConfigFields.of(config);
        HuggingFaceModel model = HuggingFaceModel.read(name(), fields, 1e-6);
        Heads heads = model.heads(fields);
        Positions.Rope rope = RopeFields.read(fields, 10_000);
        boolean bias = fields.flag("attention_bias", false);
        fields.requireAbsent("sliding_window");
        fields.refuseOthers(HuggingFaceModel.HARMLESS_FIELDS);
        if (fields.has("auto_map")) {
            warnings.accept(config.file() + ": auto_map names code of its own, which is not run; the model is read as a"
                    + " plain llama");
        }
        KeyValueShift shift = ShiftTensors.shift(stored, heads, "self_attn.K", "self_attn.V");
        SoftmaxAttention variant =
                SoftmaxAttention.builder(heads).positions(rope).shift(shift).build();
        return model.decoder(layer -> block(layer, variant, model.hidden(), bias, stored), stored);
    }

    private static AttentionBlock block(
            int layer, SoftmaxAttention variant, int hidden, boolean bias, SortedMap<String, Shape> stored) {
        String path = HuggingFaceModel.layerPath(layer) + ".self_attn";
        Heads heads = variant.heads();
        long query = heads.queryWidth();
        long keyValue = heads.keyValueWidth();
        SortedMap<AttentionWeight, Weight> weights = new TreeMap<>();
        if (variant.shift() instanceof KeyValueShift.Taps taps) {
            weights.put(AttentionWeight.KEY_SHIFT, ShiftTensors.weight(path + ".K", heads, taps, stored));
            weights.put(AttentionWeight.VALUE_SHIFT, ShiftTensors.weight(path + ".V", heads, taps, stored));
        }
        return new AttentionBlock(
                path,
                variant,
                HuggingFaceModel.linear(path + ".q_proj", query, hidden, bias),
                HuggingFaceModel.linear(path + ".k_proj", keyValue, hidden, bias),
                HuggingFaceModel.linear(path + ".v_proj", keyValue, hidden, bias),
                HuggingFaceModel.linear(path + ".o_proj", hidden, query, bias),
                weights);
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
