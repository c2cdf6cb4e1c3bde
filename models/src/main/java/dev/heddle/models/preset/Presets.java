package dev.heddle.models.preset;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The models that can be made without a checkpoint, at their published sizes. */
public final class Presets {

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
                .orElseThrow(() -> new IllegalArgumentException("preset " + name + ": expected one of "
                        + all().stream().map(Preset::name).collect(Collectors.joining(", "))));
    }
}
