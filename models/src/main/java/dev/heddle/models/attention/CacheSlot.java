package dev.heddle.models.attention;

/**
 * One tensor of state that a layer keeps between steps: [batch, heads, length, size].
 *
 * @param role suffix of the graph's names {@code past_key_values.{l}.<role>} and {@code present.{l}.<role>}
 */
public record CacheSlot(String role, int heads, Length length, int size) {

    /** How long the third axis is. */
    public sealed interface Length {

        /** Length for a fresh sequence; such a slot starts empty or with zeros. */
        int fresh();

        /** One row per token so far; starts empty. */
        record Growing() implements Length {
            @Override
            public int fresh() {
                return 0;
            }
        }

        /** The last {@code count} rows at most; starts empty. A longer (untrimmed) one gives the same result. */
        record AtMost(int count) implements Length {
            @Override
            public int fresh() {
                return 0;
            }
        }

        /** Always {@code count} rows; starts as zeros. */
        record Exactly(int count) implements Length {
            @Override
            public int fresh() {
                return count;
            }
        }
    }
}
