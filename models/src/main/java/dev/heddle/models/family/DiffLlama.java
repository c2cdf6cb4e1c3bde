package dev.heddle.models.family;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.DepthScale;
import dev.heddle.models.attention.DifferentialAttention;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.Positions;
import dev.heddle.models.decoder.AttentionBlock;
import dev.heddle.models.decoder.Decoder;
import dev.heddle.models.weight.Weight;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * DIFF Transformer as Hugging Face's {@code diffllama}: a Llama with differential attention (Ye et al. 2024, arXiv
 * 2410.05258).
 */
final class DiffLlama implements Family {

    @Override
    public String name() {
        return "diffllama";
    }

    @Override
    public boolean accepts(ModelConfig config) {
        return config.json().path("model_type").asText().equals("diffllama");
    }

    @Override
    public Decoder describe(ModelConfig config, SortedMap<String, Shape> stored, Consumer<String> warnings) {
        ConfigFields fields = ConfigFields.of(config);
        fields.requireNeutral("mlp_bias", "false");
        HuggingFaceModel model = HuggingFaceModel.read(name(), fields, 1e-5);
        Heads heads = model.heads(fields);
        if (heads.keyValue() % 2 != 0) {
            throw fields.failure("num_key_value_heads", "an even number", "DIFF attention pairs the heads");
        }
        Positions.Rope rope = RopeFields.read(fields, 10_000);
        boolean bias = fields.flag("attention_bias", false);
        fields.requireAbsent("sliding_window");
        Set<String> harmless = new HashSet<>(HuggingFaceModel.HARMLESS_FIELDS);
        harmless.add("lambda_std_dev");
        fields.refuseOthers(harmless);
        return model.decoder(
                layer -> block(
                        layer,
                        new DifferentialAttention(heads, rope, DepthScale.lambda(layer), model.epsilon()),
                        model.hidden(),
                        bias),
                stored);
    }

    private static AttentionBlock block(int layer, DifferentialAttention variant, int hidden, boolean bias) {
        String path = HuggingFaceModel.layerPath(layer) + ".self_attn";
        Heads heads = variant.heads();
        long query = heads.queryWidth();
        long keyValue = heads.keyValueWidth();
        Shape lambda = Shape.of(heads.size());
        return new AttentionBlock(
                path,
                variant,
                HuggingFaceModel.linear(path + ".q_proj", query, hidden, bias),
                HuggingFaceModel.linear(path + ".k_proj", keyValue, hidden, bias),
                HuggingFaceModel.linear(path + ".v_proj", keyValue, hidden, bias),
                HuggingFaceModel.linear(path + ".o_proj", hidden, query, bias),
                new TreeMap<>(Map.of(
                        AttentionWeight.LAMBDA_Q1, new Weight.Stored(path + ".lambda_q1", lambda),
                        AttentionWeight.LAMBDA_K1, new Weight.Stored(path + ".lambda_k1", lambda),
                        AttentionWeight.LAMBDA_Q2, new Weight.Stored(path + ".lambda_q2", lambda),
                        AttentionWeight.LAMBDA_K2, new Weight.Stored(path + ".lambda_k2", lambda))));
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
