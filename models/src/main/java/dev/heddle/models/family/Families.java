package dev.heddle.models.family;

import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.checkpoint.Printable;
import java.util.List;

/** The model families that Heddle reads. */
public final class Families {

    private Families() {}

    public static List<Family> all() {
        return List.of(linguaMta(), baichuanM1(), llama(), diffLlama());
    }

    /** @throws ModelFormatException if there is no family of that name */
    public static Family named(String name) {
        return all().stream()
                .filter(family -> family.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ModelFormatException("family " + Printable.of(name) + ": expected one of "
                        + all().stream().map(Family::name).toList() + "; a newer Heddle may know it"));
    }

    /** Multi-Token Attention of facebookresearch/RAM, and its baselines. */
    public static Family linguaMta() {
        return new LinguaMta();
    }

    public static Family baichuanM1() {
        return new BaichuanM1();
    }

    /** Hugging Face's Llama, also with KV shifting. */
    public static Family llama() {
        return new Llama();
    }

    public static Family diffLlama() {
        return new DiffLlama();
    }
}
