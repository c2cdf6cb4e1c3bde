package dev.heddle.models.attention;

/**
 * What happens to raw keys and values before RoPE.
 *
 * <p>shifted[t] = sum_c weight[g, c] * raw[t - (taps - 1) + c], rows before the sequence start are zero; one weight row per key/value head g, columns
 * oldest to current. Xu et al. 2024 (arXiv 2411.19574), section 2.2.
 */
public sealed interface KeyValueShift {

    /** Number of earlier raw rows needed, {@code taps - 1}. */
    int reach();

    record None() implements KeyValueShift {
        @Override
        public int reach() {
            return 0;
        }
    }

    /** @param count number of tokens that are combined, the current one included; at least 2 */
    record Taps(int count) implements KeyValueShift {
        public Taps {
            if (count < 2) {
                throw new IllegalArgumentException("a key/value shift combines at least 2 tokens, got " + count);
            }
        }

        @Override
        public int reach() {
            return count - 1;
        }
    }
}
