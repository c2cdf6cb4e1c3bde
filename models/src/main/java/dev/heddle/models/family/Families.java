package dev.heddle.models.family;

import java.util.List;

/** The model families that Heddle reads. */
public final class Families {

    private Families() {}

    public static List<Family> all() {
        return List.of(new LinguaMta(), new BaichuanM1(), new Llama(), new DiffLlama());
    }
}
