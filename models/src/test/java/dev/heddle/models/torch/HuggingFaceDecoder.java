package dev.heddle.models.torch;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.models.attention.AttentionVariant;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.DifferentialAttention;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.Positions;
import dev.heddle.models.attention.RopeStyle;
import dev.heddle.models.attention.SoftmaxAttention;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Transformers' {@code llama} and {@code diffllama}, from {@code config.json} and the tensors' names. */
record HuggingFaceDecoder(JsonNode config, StoredWeights weights) {

    TorchDecoder read() {
        List<TorchDecoder.Layer> layers = IntStream.range(
                        0, config.get("num_hidden_layers").intValue())
                .mapToObj(this::layer)
                .toList();
        NDArray embedding = weights.get("model.embed_tokens.weight");
        NDArray head = config.get("tie_word_embeddings").booleanValue() ? embedding : weights.get("lm_head.weight");
        return new TorchDecoder(embedding, layers, norm("model.norm"), head);
    }

    private TorchDecoder.Layer layer(int index) {
        String path = "model.layers." + index;
        String attention = path + ".self_attn.";
        return new TorchDecoder.Layer(
                norm(path + ".input_layernorm"),
                new TorchDecoder.Attention(
                        weights.get(attention + "q_proj.weight"),
                        weights.get(attention + "k_proj.weight"),
                        weights.get(attention + "v_proj.weight"),
                        weights.get(attention + "o_proj.weight"),
                        core(index, attention)),
                norm(path + ".post_attention_layernorm"),
                new TorchDecoder.FeedForward(
                        weights.get(path + ".mlp.gate_proj.weight"),
                        weights.get(path + ".mlp.up_proj.weight"),
                        weights.get(path + ".mlp.down_proj.weight")));
    }

    private TorchAttention core(int index, String attention) {
        Heads heads = new Heads(
                config.get("num_attention_heads").intValue(),
                config.get("num_key_value_heads").intValue(),
                config.get("head_dim").intValue());
        Positions rope = new Positions.Rope(
                config.get("rope_parameters").get("rope_theta").doubleValue(), RopeStyle.ROTATE_HALF);
        if (config.get("model_type").textValue().equals("llama")) {
            return TorchAttention.of(
                    SoftmaxAttention.builder(heads).positions(rope).build(), Map.<AttentionWeight, NDArray>of());
        }
        double lambdaInit = 0.8 - 0.6 * Math.exp(-0.3 * index);
        AttentionVariant variant = new DifferentialAttention(heads, rope, lambdaInit, epsilon());
        return TorchAttention.of(
                variant,
                Map.of(
                        AttentionWeight.LAMBDA_Q1, weights.get(attention + "lambda_q1"),
                        AttentionWeight.LAMBDA_K1, weights.get(attention + "lambda_k1"),
                        AttentionWeight.LAMBDA_Q2, weights.get(attention + "lambda_q2"),
                        AttentionWeight.LAMBDA_K2, weights.get(attention + "lambda_k2")));
    }

    private TorchDecoder.Norm norm(String path) {
        return new TorchDecoder.Norm(weights.get(path + ".weight"), epsilon());
    }

    private double epsilon() {
        return config.get("rms_norm_eps").doubleValue();
    }
}
