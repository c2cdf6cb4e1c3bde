package dev.heddle.models.attention;

/**
 * A linear mix of heads at every (query, key) cell, inside consecutive groups of heads: out[o] = sum_n mix[group, o, n] * in[n].
 *
 * <p>Golovneva et al. 2025, eq. 7; with one group of all heads: talking heads (Shazeer et al. 2020). Internal order is [out, in] (the released
 * {@code head_kernel} is stored as [in, out]).
 */
public sealed interface HeadMix {

    record None() implements HeadMix {}

    /** @param size heads in a group; must divide the number of query heads */
    record Grouped(int size) implements HeadMix {
        public Grouped {
            if (size < 1) {
                throw new IllegalArgumentException("a head group has at least 1 head, got " + size);
            }
        }
    }
}
