package dev.heddle.models.preset;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.decoder.Decoder;
import dev.heddle.models.family.Family;
import dev.heddle.models.family.ModelConfig;
import dev.heddle.models.family.SourceModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A named model without a checkpoint.
 *
 * @param about one line for people
 * @param config as a checkpoint of this model would have it
 * @param stored shapes of tensors that a checkpoint of it would hold and that the configuration does not show
 */
public record Preset(String name, String about, Family family, ModelConfig config, SortedMap<String, Shape> stored) {

    public Preset {
        stored = Collections.unmodifiableSortedMap(new TreeMap<>(stored));
    }

    public Decoder decoder() {
        return family.describe(config, stored, warning -> {});
    }

    /** The model with weights from a seed; nothing is kept in memory. */
    public SourceModel open(Initialization initialization, long seed) {
        List<String> warnings = new ArrayList<>();
        Decoder decoder = family.describe(config, stored, warnings::add);
        return new SourceModel(
                origin(initialization, seed),
                config,
                decoder,
                InitializedCheckpoint.of(decoder, initialization, seed),
                warnings);
    }

    /** Says all that the weights depend on. */
    private String origin(Initialization initialization, long seed) {
        return "preset:" + name + " init " + initialization.name().toLowerCase(Locale.ROOT) + " seed " + seed;
    }
}
