package dev.heddle.runtime.generate;

/**
 * Gives tokens by falling logit, the lower id first of equal ones; making it takes linear time, each token
 * logarithmic time.
 *
 * <p>A vocabulary has more than 100,000 tokens and few are looked at, so sorting all would be most of the work. Not
 * thread-safe.
 */
final class CandidateHeap {
    /** Order of the logit in the upper half, complement of the token in the lower: the largest number comes first. */
    private final long[] entries;

    private int size;

    /** @param logits without NaN */
    CandidateHeap(float[] logits) {
        size = logits.length;
        entries = new long[size];
        for (int token = 0; token < size; token++) {
            entries[token] = (long) order(logits[token]) << 32 | ~token & 0xffffffffL;
        }
        for (int parent = size / 2 - 1; parent >= 0; parent--) {
            sink(parent);
        }
    }

    /** Takes out the best token that is left. */
    int poll() {
        int token = ~(int) entries[0];
        entries[0] = entries[--size];
        sink(0);
        return token;
    }

    private void sink(int start) {
        int parent = start;
        long entry = entries[parent];
        while (2 * parent + 1 < size) {
            int child = 2 * parent + 1;
            if (child + 1 < size && entries[child + 1] > entries[child]) {
                child++;
            }
            if (entries[child] <= entry) {
                break;
            }
            entries[parent] = entries[child];
            parent = child;
        }
        entries[parent] = entry;
    }

    /** A whole number that orders as the float does; both zeros are one. */
    private static int order(float logit) {
        int bits = Float.floatToRawIntBits(logit + 0f);
        return bits >= 0 ? bits : bits ^ 0x7fffffff;
    }
}
