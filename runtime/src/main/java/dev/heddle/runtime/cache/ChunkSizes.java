package dev.heddle.runtime.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How a sequence is cut on its way through the cache.
 *
 * <p>The sizes are used in order and the last one repeats until the sequence is used up; the last chunk is cut short
 * where the sequence ends. So {@code 5,1} is a prompt of five tokens, then one token at a time.
 *
 * @param sizes tokens per chunk, each at least 1; none means the whole sequence at once
 */
public record ChunkSizes(List<Integer> sizes) {
    /** @throws IllegalArgumentException if a size is less than 1 */
    public ChunkSizes {
        sizes = List.copyOf(sizes);
        for (int size : sizes) {
            if (size < 1) {
                throw new IllegalArgumentException("chunks: each size must be at least 1, got " + sizes);
            }
        }
    }

    /** The whole sequence at once. */
    public static ChunkSizes whole() {
        return new ChunkSizes(List.of());
    }

    public static ChunkSizes of(int... sizes) {
        return new ChunkSizes(IntStream.of(sizes).boxed().toList());
    }

    public boolean isWhole() {
        return sizes.isEmpty();
    }

    /** Ends of the chunks of a sequence, each greater than the one before, the last one {@code length}. */
    List<Integer> ends(int length) {
        List<Integer> ends = new ArrayList<>();
        int end = 0;
        while (end < length) {
            int size = sizes.isEmpty() ? length : sizes.get(Math.min(ends.size(), sizes.size() - 1));
            end = Math.min(length, end + Math.min(size, length - end));
            ends.add(end);
        }
        return ends;
    }
}
