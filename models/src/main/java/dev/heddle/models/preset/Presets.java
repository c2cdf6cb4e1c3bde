package dev.heddle.models.preset;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The models that can be made without a checkpoint, at their published sizes. */
public final class Presets {

    private static final int SUGGESTIONS = 3;

    private Presets() {}

    public static List<Preset> all() {
        return Stream.of(MtaPresets.all(), KvShiftPresets.all(), List.of(DiffPreset.diff880m(), BaichuanPreset.m1()))
                .flatMap(List::stream)
                .toList();
    }

    /** @throws IllegalArgumentException if there is no preset of that name */
    public static Preset named(String name) {
        return all().stream()
                .filter(preset -> preset.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("preset:" + name
                        + ": expected the name of a preset, the nearest are "
                        + String.join(", ", nearest(name)) + "; heddle presets lists all"));
    }

    private static List<String> nearest(String name) {
        return all().stream()
                .map(Preset::name)
                .sorted(Comparator.comparingInt(known -> EditDistance.between(name, known)))
                .limit(SUGGESTIONS)
                .toList();
    }
}
