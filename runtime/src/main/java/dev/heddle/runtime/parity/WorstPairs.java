package dev.heddle.runtime.parity;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Keeps the pairs with the largest parts of their bounds; of equal ones the first. Not thread-safe. */
final class WorstPairs {
    private static final Comparator<Pair> BEST_FIRST =
            Comparator.comparingDouble(Pair::part).thenComparing(Pair::place, Comparator.reverseOrder());

    private final int limit;
    private final PriorityQueue<Pair> kept = new PriorityQueue<>(BEST_FIRST);
    private double leastKept = -1;
    private long place;

    private record Pair(double part, long place, double expected, double actual) {}

    WorstPairs(int limit) {
        this.limit = limit;
    }

    /** @param part error as a part of its bound */
    void add(double part, double expected, double actual) {
        long here = place++;
        boolean full = kept.size() == limit;
        if (full && part <= leastKept) {
            return;
        }
        if (full) {
            kept.remove();
        }
        kept.add(new Pair(part, here, expected, actual));
        leastKept = kept.element().part();
    }

    /** Worst first. */
    List<WorstElement> elements(long[] shape) {
        List<Pair> pairs = new ArrayList<>(kept);
        pairs.sort(BEST_FIRST.reversed());
        return pairs.stream()
                .map(pair -> new WorstElement(index(pair.place(), shape), pair.expected(), pair.actual()))
                .toList();
    }

    private static List<Long> index(long flat, long[] shape) {
        List<Long> index = new ArrayList<>();
        long rest = flat;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            index.add(rest % shape[axis]);
            rest /= shape[axis];
        }
        Collections.reverse(index);
        return index;
    }
}
