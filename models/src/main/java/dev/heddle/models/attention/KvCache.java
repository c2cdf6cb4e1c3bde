package dev.heddle.models.attention;

import java.util.List;

/** How a graph keeps state between steps. */
public sealed interface KvCache {

    /** The state of an attention under this cache, in the order of the graph's inputs. */
    List<CacheSlot> slots(AttentionVariant attention);

    /** For instance {@code dynamic}. */
    String label();

    /** No state: every run takes the whole sequence. */
    record None() implements KvCache {
        @Override
        public List<CacheSlot> slots(AttentionVariant attention) {
            return List.of();
        }

        @Override
        public String label() {
            return "none";
        }
    }

    /** State grows with the sequence: past tensors in, present tensors out, the convention of Hugging Face. */
    record Dynamic() implements KvCache {
        @Override
        public List<CacheSlot> slots(AttentionVariant attention) {
            return attention.state();
        }

        @Override
        public String label() {
            return "dynamic";
        }
    }

    /**
     * Keys and values have {@code maxLen} rows from the start, of which each sequence uses the first; new ones are written behind them, in place where input
     * and output are the same memory. Sequences of one batch may have different lengths.
     */
    record Static(int maxLen) implements KvCache {
        public Static {
            if (maxLen < 1) {
                throw new IllegalArgumentException("a static cache has at least 1 row, got max_len " + maxLen);
            }
        }

        @Override
        public List<CacheSlot> slots(AttentionVariant attention) {
            return attention.state().stream()
                    .map(slot -> new CacheSlot(
                            slot.role(),
                            slot.heads(),
                            new CacheSlot.Length.Exactly(slot.length().reserved(maxLen)),
                            slot.size()))
                    .toList();
        }

        @Override
        public String label() {
            return "static";
        }
    }
}
