package dev.heddle.models.attention;

/**
 * A depth-wise convolution over the (query, key) plane of scores or of attention weights, one kernel per query head.
 *
 * <p>out[i,j] = sum_a sum_b kernel[h,0,a,b] * in[i - (queryWidth - 1) + a, j - padding.left + b]; invisible cells count as 0 before and after. The last
 * kernel row is the current query. Golovneva et al. 2025 (arXiv 2504.00927), eq. 5 and 6.
 */
public sealed interface ScoreConvolution {

    /** Number of earlier query rows needed, {@code queryWidth - 1}. */
    int queryReach();

    record None() implements ScoreConvolution {
        @Override
        public int queryReach() {
            return 0;
        }
    }

    /**
     * @param queryWidth rows, cq; at least 1
     * @param keyWidth columns, ck; at least 1
     */
    record KeyQuery(int queryWidth, int keyWidth, KeyPadding padding) implements ScoreConvolution {
        public KeyQuery {
            if (queryWidth < 1 || keyWidth < 1) {
                throw new IllegalArgumentException(
                        "a score kernel has at least 1 row and 1 column, got " + queryWidth + "x" + keyWidth);
            }
        }

        @Override
        public int queryReach() {
            return queryWidth - 1;
        }
    }
}
