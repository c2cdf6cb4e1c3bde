package dev.heddle.models.attention;

/** Which earlier keys a query may see; padding is masked on top. */
public sealed interface Mask {

    /** True if the query in one slot may see the key in another; slots count tokens and padding alike. */
    boolean sees(int querySlot, int keySlot);

    /** All keys up to and including the query's own position. */
    record Causal() implements Mask {
        @Override
        public boolean sees(int querySlot, int keySlot) {
            return keySlot <= querySlot;
        }
    }

    /** @param size number of keys a query sees, itself included; at least 1 */
    record SlidingWindow(int size) implements Mask {
        public SlidingWindow {
            if (size < 1) {
                throw new IllegalArgumentException("a sliding window sees at least 1 key, got " + size);
            }
        }

        @Override
        public boolean sees(int querySlot, int keySlot) {
            return keySlot <= querySlot && keySlot > querySlot - size;
        }
    }
}
