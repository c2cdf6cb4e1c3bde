package dev.heddle.models.torch;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.KeyValueShift;
import dev.heddle.models.attention.Mask;
import dev.heddle.models.attention.Positions;
import dev.heddle.models.attention.RopeStyle;
import dev.heddle.models.attention.SoftmaxAttention;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * Baichuan-M1 from {@code config.json} and the tensors' names: layers of two kinds, each with its own head counts, and
 * a head whose rows are divided by their L2 norms.
 */
record BaichuanDecoder(JsonNode config, StoredWeights weights) {

    TorchDecoder read() {
        List<TorchDecoder.Layer> layers = IntStream.range(
                        0, config.get("num_hidden_layers").intValue())
                .mapToObj(this::layer)
                .toList();
        NDArray head = weights.get("lm_head.weight");
        NDArray lengths = head.square().sum(new int[] {1}, true).sqrt();
        return new TorchDecoder(
                weights.get("model.embed_tokens.weight"), layers, norm("model.norm"), head.div(lengths));
    }

    private TorchDecoder.Layer layer(int index) {
        String path = "model.layers." + index;
        Heads heads = heads(isWindowed(index));
        long queries = (long) heads.query() * heads.size();
        long keys = (long) heads.keyValue() * heads.size();
        // W_pack is q, then k, then v.
        NDArray packed = weights.get(path + ".self_attn.W_pack.weight");
        return new TorchDecoder.Layer(
                norm(path + ".input_layernorm"),
                new TorchDecoder.Attention(
                        packed.get("0:" + queries),
                        packed.get(queries + ":" + (queries + keys)),
                        packed.get((queries + keys) + ":" + (queries + 2 * keys)),
                        weights.get(path + ".self_attn.o_proj.weight"),
                        core(heads, isWindowed(index), path + ".self_attn.")),
                norm(path + ".post_attention_layernorm"),
                new TorchDecoder.FeedForward(
                        weights.get(path + ".mlp.gate_proj.weight"),
                        weights.get(path + ".mlp.up_proj.weight"),
                        weights.get(path + ".mlp.down_proj.weight")));
    }

    private boolean isWindowed(int index) {
        return StreamSupport.stream(config.get("sliding_window_layers").spliterator(), false)
                .anyMatch(layer -> layer.intValue() == index);
    }

    private Heads heads(boolean windowed) {
        String kind = windowed ? "num_swa_" : "num_";
        int query = config.get(kind + "attention_heads").intValue();
        int keyValue = config.get(kind + "key_value_heads").intValue();
        return new Heads(query, keyValue, config.get("hidden_size").intValue() / query);
    }

    private TorchAttention core(Heads heads, boolean windowed, String attention) {
        int taps = config.get("conv_window").intValue();
        SoftmaxAttention variant = SoftmaxAttention.builder(heads)
                .positions(new Positions.Rope(config.get("rope_theta").doubleValue(), RopeStyle.ROTATE_HALF))
                // The window counts the query's own key.
                .mask(
                        windowed
                                ? new Mask.SlidingWindow(
                                        config.get("sliding_window").intValue())
                                : new Mask.Causal())
                .shift(new KeyValueShift.Taps(taps))
                .build();
        // conv_k and conv_v are [1, 1, kv heads, 1, (previous, current)].
        return TorchAttention.of(
                variant,
                Map.of(
                        AttentionWeight.KEY_SHIFT,
                                weights.get(attention + "conv_k").reshape(heads.keyValue(), taps),
                        AttentionWeight.VALUE_SHIFT,
                                weights.get(attention + "conv_v").reshape(heads.keyValue(), taps)));
    }

    private TorchDecoder.Norm norm(String path) {
        return new TorchDecoder.Norm(
                weights.get(path + ".weight"), config.get("rms_norm_eps").doubleValue());
    }
}
