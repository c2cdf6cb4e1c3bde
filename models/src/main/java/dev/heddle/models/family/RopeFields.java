package dev.heddle.models.family;

import dev.heddle.models.attention.Positions;
import dev.heddle.models.attention.RopeScaling;
import dev.heddle.models.attention.RopeStyle;
import java.util.Optional;
import java.util.Set;

/**
 * RoPE in a Hugging Face configuration: {@code rope_theta} beside {@code rope_scaling}, or both in {@code
 * rope_parameters} (transformers 5).
 */
final class RopeFields {

    private RopeFields() {}

    static Positions.Rope read(ConfigFields fields, double fallbackBase) {
        if (fields.has("rope_parameters")) {
            fields.requireAbsent("rope_scaling");
        }
        ConfigFields section =
                fields.sectionOrEmpty(fields.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
        double base = fields.positive("rope_theta", fallbackBase);
        if (section.has("rope_theta")) {
            double inner = section.positive("rope_theta");
            if (fields.has("rope_theta") && base != inner) {
                throw fields.failure("rope_theta", inner + " as in rope_parameters", "remove one of the two");
            }
            base = inner;
        }
        RopeScaling scaling = scaling(section);
        section.requireNeutral("partial_rotary_factor", "1.0");
        section.refuseOthers(Set.of());
        return new Positions.Rope(base, RopeStyle.ROTATE_HALF, scaling);
    }

    private static RopeScaling scaling(ConfigFields section) {
        Optional<String> type = section.text("rope_type");
        Optional<String> oldName = section.text("type");
        if (type.isPresent() && oldName.isPresent() && !type.equals(oldName)) {
            throw section.failure("type", type.get() + " as in rope_type", "remove one of the two");
        }
        return switch (type.or(() -> oldName).orElse("default")) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(section.positive("factor"));
            case "llama3" ->
                new RopeScaling.Llama3(
                        section.positive("factor"),
                        section.positive("low_freq_factor"),
                        section.positive("high_freq_factor"),
                        section.positive("original_max_position_embeddings"));
            default ->
                throw section.failure(
                        type.isPresent() ? "rope_type" : "type",
                        "default, linear or llama3",
                        "another scaling of RoPE is not supported");
        };
    }
}
