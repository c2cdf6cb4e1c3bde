package dev.heddle.models.family;

import java.util.List;

/** The model families that Heddle reads. */
public final class Families {

    private Families() {}

    public static List<Family> all() {
        return List.of(linguaMta(), baichuanM1(), llama(), diffLlama());
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
