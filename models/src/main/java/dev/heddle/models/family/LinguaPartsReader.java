package dev.heddle.models.family;

import dev.heddle.models.attention.Gate;
import dev.heddle.models.attention.HeadMix;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.KeyPadding;
import dev.heddle.models.attention.ScoreConvolution;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Reads the {@code mta} section of lingua's {@code params.json}, with the defaults of its data class. */
final class LinguaPartsReader {

    private static final Set<String> HARMLESS_FIELDS = Set.of("init_method");

    private final ConfigFields fields;
    private final int layers;
    private final Heads heads;

    LinguaPartsReader(ConfigFields fields, int layers, Heads heads) {
        this.fields = fields;
        this.layers = layers;
        this.heads = heads;
    }

    LinguaParts read() {
        // Every field is read, so that a wrong value is found even where it has no effect.
        boolean used = fields.flag("use_mta", false);
        Set<Integer> convolvingLayers = convolvingLayers();
        ScoreConvolution pre = convolution("query_kernel_size", "key_kernel_size", OptionalInt.of(1), used);
        ScoreConvolution post =
                convolution("after_sm_query_kernel_size", "after_sm_key_kernel_size", OptionalInt.empty(), used);
        HeadMix preMix = linearMix("pre_sm_linear_head");
        HeadMix linearPostMix = linearMix("post_sm_linear_head");
        HeadMix groupedPostMix = groupedMix(linearPostMix);
        boolean grouped = groupedPostMix instanceof HeadMix.Grouped;
        LinguaParts parts = new LinguaParts(
                convolvingLayers,
                pre,
                used ? preMix : new HeadMix.None(),
                post,
                used ? (grouped ? groupedPostMix : linearPostMix) : new HeadMix.None(),
                grouped ? LinguaMix.HEAD_KERNEL : LinguaMix.WPOSM,
                fields.flag("group_norm", false),
                fields.flag("layer_norm_rescale", false),
                fields.flag("curse_norm", false),
                gate());
        fields.refuseOthers(HARMLESS_FIELDS);
        return parts;
    }

    /** The kernel that both sizes together make; null in either means none. */
    private ScoreConvolution convolution(String queryField, String keyField, OptionalInt fallback, boolean used) {
        OptionalInt query = fields.countOrNull(queryField, fallback);
        OptionalInt key = fields.countOrNull(keyField, fallback);
        KeyPadding padding = padding();
        if (!used || query.isEmpty() || key.isEmpty()) {
            return new ScoreConvolution.None();
        }
        if (padding == KeyPadding.BOTH && key.getAsInt() % 2 == 0) {
            throw fields.failure(keyField, "an odd number with pad_key both", "the source refuses such a kernel");
        }
        return new ScoreConvolution.KeyQuery(query.getAsInt(), key.getAsInt(), padding);
    }

    private KeyPadding padding() {
        return switch (fields.text("pad_key").orElse("both")) {
            case "both" -> KeyPadding.BOTH;
            case "left" -> KeyPadding.LEFT;
            case "right" -> KeyPadding.RIGHT;
            default -> throw fields.failure("pad_key", "both, left or right", "correct the file");
        };
    }

    /**
     * Zero-based ids in one text, "2,6,10"; all layers without the field. Ids beyond the last layer have no effect in
     * the source either.
     */
    private Set<Integer> convolvingLayers() {
        if (!fields.has("mta_layers")) {
            return IntStream.range(0, layers).boxed().collect(Collectors.toUnmodifiableSet());
        }
        Set<Integer> ids = new HashSet<>();
        for (String id : fields.scalar("mta_layers").split(",", -1)) {
            if (!id.strip().matches("\\d{1,9}")) {
                throw fields.failure("mta_layers", "zero-based layers with commas between them", "correct the file");
            }
            ids.add(Integer.parseInt(id.strip()));
        }
        return Set.copyOf(ids);
    }

    private HeadMix linearMix(String field) {
        return fields.flag(field, false) ? new HeadMix.Grouped(heads.query()) : new HeadMix.None();
    }

    private HeadMix groupedMix(HeadMix linear) {
        if (!fields.has("head_kernel_size")) {
            return new HeadMix.None();
        }
        int size = fields.count("head_kernel_size");
        if (heads.query() % size != 0) {
            throw fields.failure("head_kernel_size", "a divisor of n_heads " + heads.query(), "correct the file");
        }
        if (linear instanceof HeadMix.Grouped) {
            throw fields.failure("head_kernel_size", "null beside post_sm_linear_head", "remove one of the two");
        }
        return new HeadMix.Grouped(size);
    }

    private Gate gate() {
        boolean scalar = fields.flag("gate_1d", true);
        if (!fields.flag("add_gating", false)) {
            return new Gate.None();
        }
        return scalar ? new Gate.Scalar() : new Gate.Full();
    }
}
