package dev.heddle.models.attention;

/**
 * Head counts and width: MHA ({@code query == keyValue}), GQA and MQA ({@code keyValue == 1}) are only numbers.
 *
 * @param query number of query heads, Hq
 * @param keyValue number of key/value heads, Hkv; divides Hq
 * @param size width of one head, d
 */
public record Heads(int query, int keyValue, int size) {

    public Heads {
        if (query < 1 || keyValue < 1 || size < 1) {
            throw new IllegalArgumentException(
                    "head counts and head size must be at least 1, got " + query + ", " + keyValue + " and " + size);
        }
        if (query % keyValue != 0) {
            throw new IllegalArgumentException(
                    "query heads must be a multiple of key/value heads, got " + query + " and " + keyValue);
        }
    }

    /** Features of all query heads, Hq * d. */
    public long queryWidth() {
        return (long) query * size;
    }

    /** Features of all key heads, and of all value heads, Hkv * d. */
    public long keyValueWidth() {
        return (long) keyValue * size;
    }

    /** Query heads that share one key/value head. */
    public int groupSize() {
        return query / keyValue;
    }
}
