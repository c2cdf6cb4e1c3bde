package dev.heddle.models.preset;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.ModelConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Multi-Token Attention and its baselines: the configurations that facebookresearch/RAM released, and the first version
 * of the paper's model.
 */
final class MtaPresets {

    private static final Size MEDIUM = new Size("880m", 1536, 24, 16);
    private static final List<Size> SIZES = List.of(
            new Size("300m", 1024, 20, 16), new Size("550m", 1280, 24, 10), MEDIUM, new Size("1b", 2048, 24, 16));

    private MtaPresets() {}

    /** All of them with Llama 3's vocabulary, tied embeddings and 2048 positions. */
    private record Size(String name, int dim, int layers, int heads) {

        ObjectNode model() {
            return object().put("dim", dim)
                    .put("n_layers", layers)
                    .put("n_heads", heads)
                    .put("rope_theta", 100_000)
                    .put("ffn_dim_multiplier", 1.0)
                    .put("multiple_of", 256)
                    .put("vocab_size", 128_256)
                    .put("weight_tying", true)
                    .put("max_seqlen", 2048);
        }

        /** Every fourth layer, the third one first. */
        String convolvingLayers() {
            return IntStream.iterate(2, layer -> layer < layers, layer -> layer + 4)
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(","));
        }
    }

    static List<Preset> all() {
        List<Preset> presets = new ArrayList<>();
        for (Size size : SIZES) {
            String name = "mta-" + size.name();
            presets.add(preset(name, "Multi-Token Attention, final version", size.model(), multiToken(size)));
            presets.add(preset(name + "-baseline", "plain transformer of the MTA paper", size.model(), object()));
            presets.add(preset(
                    name + "-talking-heads", "talking heads of the MTA paper", size.model(), talkingHeads(size)));
        }
        presets.add(preset("mta-v1-880m", "Multi-Token Attention, first version", MEDIUM.model(), firstVersion()));
        presets.add(preset("mta-toy", "Multi-Token Attention of the letter-block task", toy(), toyKernel()));
        presets.add(preset("mta-toy-baseline", "plain transformer of the letter-block task", toy(), object()));
        return presets;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static Preset preset(String name, String about, ObjectNode model, ObjectNode parts) {
        parts.put("use_mta", !parts.isEmpty());
        model.set("mta", parts);
        ObjectNode config = object().put("name", name);
        config.set("model", model);
        return new Preset(
                name,
                about,
                Families.linguaMta(),
                new ModelConfig("params.json", config),
                Collections.emptySortedMap());
    }

    private static ObjectNode multiToken(Size size) {
        return object().put("pre_sm_linear_head", true)
                .put("query_kernel_size", 6)
                .put("key_kernel_size", 11)
                .put("head_kernel_size", size.heads())
                .put("after_sm_query_kernel_size", 6)
                .put("after_sm_key_kernel_size", 11)
                .put("init_method", "identity")
                .put("pad_key", "both")
                .put("mta_layers", size.convolvingLayers())
                .put("group_norm", true)
                .put("layer_norm_rescale", false)
                .put("add_gating", true)
                .put("gate_1d", true);
    }

    private static ObjectNode talkingHeads(Size size) {
        return object().putNull("query_kernel_size")
                .put("head_kernel_size", size.heads())
                .put("init_method", "identity")
                .put("pre_sm_linear_head", true);
    }

    /** Kernels before the softmax only, mixes of two heads after it only, depth scaling, no gate. */
    private static ObjectNode firstVersion() {
        return object().put("query_kernel_size", 6)
                .put("key_kernel_size", 11)
                .put("head_kernel_size", 2)
                .put("mta_layers", MEDIUM.convolvingLayers())
                .put("group_norm", true)
                .put("layer_norm_rescale", true);
    }

    private static ObjectNode toy() {
        return object().put("dim", 256)
                .put("n_layers", 4)
                .put("n_heads", 2)
                .put("rope_theta", 100_000)
                .put("ffn_dim_multiplier", 1.0)
                .put("vocab_size", 32)
                .put("weight_tying", true)
                .put("dropout", 0.1)
                .put("max_seqlen", 321);
    }

    private static ObjectNode toyKernel() {
        return object().put("query_kernel_size", 2)
                .put("key_kernel_size", 9)
                .put("init_method", "identity")
                .put("pad_key", "both");
    }
}
