package dev.heddle.models.attention;

import dev.heddle.exporter.graph.GraphScope;
import dev.heddle.exporter.graph.Value;
import dev.heddle.ops.CustomOps;
import java.util.List;
import java.util.Map;

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

        /**
         * Emits the shift alone, for a graph without state.
         *
         * @param x [batch, kv_heads, q_len, head_dim]
         * @param weight [kv_heads, taps]
         * @param tokenMask [batch, q_len] bool, true = real token
         * @return as x
         */
        public Value emit(GraphScope scope, Value x, Value weight, Value tokenMask) {
            KeyValueShiftBody body = new KeyValueShiftBody(count, false);
            return scope.call(
                            CustomOps.KV_SHIFT,
                            body.overload(),
                            List.of("shifted"),
                            List.of(x, weight, tokenMask),
                            Map.of(),
                            body)
                    .get(0);
        }
    }
}
