package dev.heddle.models.attention;

import dev.heddle.models.reference.DoubleTensor;

/**
 * One tensor of state that a layer keeps between steps: [batch, heads, length, size].
 *
 * @param role suffix of the graph's names {@code past_key_values.{l}.<role>} and {@code present.{l}.<role>}
 */
public record CacheSlot(String role, int heads, Length length, int size) {

    /** The tensor that a fresh sequence starts with. */
    public DoubleTensor fresh(int batch) {
        return DoubleTensor.zeros(batch, heads, length.fresh(), size);
    }

    /** How long the third axis is. */
    public sealed interface Length {

        /** Length for a fresh sequence; such a slot starts empty or with zeros. */
        int fresh();

        /** Length to keep of a tensor with this many rows. */
        int kept(int rows);

        /** Length in a static cache for so many tokens. */
        int reserved(int maxLen);

        /** One row per token so far; starts empty. */
        record Growing() implements Length {
            @Override
            public int fresh() {
                return 0;
            }

            @Override
            public int kept(int rows) {
                return rows;
            }

            @Override
            public int reserved(int maxLen) {
                return maxLen;
            }
        }

        /** One row per token, of which the last {@code count} are enough; starts empty. A longer (untrimmed) one gives the same result. */
        record Window(int count) implements Length {
            @Override
            public int fresh() {
                return 0;
            }

            @Override
            public int kept(int rows) {
                return Math.min(rows, count);
            }

            @Override
            public int reserved(int maxLen) {
                return maxLen;
            }
        }

        /** The last {@code count} rows at most; starts empty. A longer (untrimmed) one gives the same result. */
        record AtMost(int count) implements Length {
            @Override
            public int fresh() {
                return 0;
            }

            @Override
            public int kept(int rows) {
                return Math.min(rows, count);
            }

            @Override
            public int reserved(int maxLen) {
                return count;
            }
        }

        /** Always {@code count} rows; starts as zeros. */
        record Exactly(int count) implements Length {
            @Override
            public int fresh() {
                return count;
            }

            @Override
            public int kept(int rows) {
                return count;
            }

            @Override
            public int reserved(int maxLen) {
                return count;
            }
        }
    }
}
