package dev.heddle.models.torch;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.ContextNorm;
import dev.heddle.models.attention.Gate;
import dev.heddle.models.attention.HeadMix;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.KeyPadding;
import dev.heddle.models.attention.Positions;
import dev.heddle.models.attention.RopeStyle;
import dev.heddle.models.attention.ScoreConvolution;
import dev.heddle.models.attention.SoftmaxAttention;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The model of facebookresearch/RAM, {@code projects/mta}, from {@code params.json} and the tensors' names. */
record RamDecoder(JsonNode model, StoredWeights weights) {

    private static final double EPSILON = 1e-5;

    TorchDecoder read() {
        List<TorchDecoder.Layer> layers = IntStream.range(
                        0, model.get("n_layers").intValue())
                .mapToObj(this::layer)
                .toList();
        NDArray embedding = weights.get("tok_embeddings.weight");
        NDArray head = model.get("weight_tying").booleanValue() ? embedding : weights.get("output.weight");
        return new TorchDecoder(embedding, layers, norm("norm"), head);
    }

    private TorchDecoder.Layer layer(int index) {
        String path = "layers." + index;
        String attention = path + ".attention.";
        return new TorchDecoder.Layer(
                norm(path + ".attention_norm"),
                new TorchDecoder.Attention(
                        weights.get(attention + "wq.weight"),
                        weights.get(attention + "wk.weight"),
                        weights.get(attention + "wv.weight"),
                        weights.get(attention + "wo.weight"),
                        core(index, attention)),
                norm(path + ".ffn_norm"),
                new TorchDecoder.FeedForward(
                        weights.get(path + ".feed_forward.w1.weight"),
                        weights.get(path + ".feed_forward.w3.weight"),
                        weights.get(path + ".feed_forward.w2.weight")));
    }

    private TorchAttention core(int index, String attention) {
        JsonNode mta = model.get("mta");
        int heads = model.get("n_heads").intValue();
        Map<AttentionWeight, NDArray> learned = new TreeMap<>();
        SoftmaxAttention.Builder variant = SoftmaxAttention.builder(new Heads(
                        heads,
                        model.path("n_kv_heads").asInt(heads),
                        model.get("dim").intValue() / heads))
                .positions(new Positions.Rope(model.get("rope_theta").doubleValue(), RopeStyle.INTERLEAVED));
        if (hasKernels(mta, index)) {
            variant.preConvolution(kernel(mta, ""));
            learned.put(AttentionWeight.PRE_KERNEL, weights.get(attention + "mta_kernel"));
            if (mta.has("after_sm_query_kernel_size")) {
                variant.postConvolution(kernel(mta, "after_sm_"));
                learned.put(AttentionWeight.POST_KERNEL, weights.get(attention + "mta_kernel_after_sm"));
            }
        }
        if (mta.path("pre_sm_linear_head").booleanValue()) {
            // nn.Linear over all heads, [out, in]: one group.
            variant.preMix(new HeadMix.Grouped(heads));
            learned.put(
                    AttentionWeight.PRE_MIX,
                    weights.get(attention + "wpsm.weight").expandDims(0));
        }
        // Stored as [group, in, out].
        variant.postMix(new HeadMix.Grouped(mta.get("head_kernel_size").intValue()));
        learned.put(
                AttentionWeight.POST_MIX, weights.get(attention + "head_kernel").swapAxes(1, 2));
        double lambda = 0.8 - 0.6 * Math.exp(-0.3 * index);
        boolean rescaled = mta.path("layer_norm_rescale").booleanValue();
        variant.norm(new ContextNorm.PerHeadRms(EPSILON, rescaled ? 1 - lambda : 1));
        learned.put(AttentionWeight.NORM, weights.get(attention + "subln.weight"));
        if (mta.path("add_gating").booleanValue()) {
            variant.gate(new Gate.Scalar());
            learned.put(AttentionWeight.GATE_WEIGHT, weights.get(attention + "gate.weight"));
            learned.put(AttentionWeight.GATE_BIAS, weights.get(attention + "gate.bias"));
        }
        return TorchAttention.of(variant.build(), learned);
    }

    /** {@code mta_layers} lists zero-based layers, separated by commas. */
    private static boolean hasKernels(JsonNode mta, int index) {
        return Arrays.asList(mta.get("mta_layers").textValue().split(",")).contains(Integer.toString(index));
    }

    private static ScoreConvolution kernel(JsonNode mta, String prefix) {
        return new ScoreConvolution.KeyQuery(
                mta.get(prefix + "query_kernel_size").intValue(),
                mta.get(prefix + "key_kernel_size").intValue(),
                KeyPadding.BOTH);
    }

    private TorchDecoder.Norm norm(String path) {
        return new TorchDecoder.Norm(weights.get(path + ".weight"), EPSILON);
    }
}
