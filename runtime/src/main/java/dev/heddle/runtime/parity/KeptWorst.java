package dev.heddle.runtime.parity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.ToDoubleFunction;

/** Keeps a bounded number of things: the worst, and of equally bad ones the first. Not thread-safe. */
final class KeptWorst<T> {
    private final int limit;
    private final ToDoubleFunction<T> severity;
    private final PriorityQueue<Entry<T>> kept = new PriorityQueue<>(Comparator.comparingDouble(Entry<T>::severity)
            .thenComparing(Comparator.comparingLong(Entry<T>::order).reversed()));
    private long order;

    private record Entry<T>(double severity, long order, T thing) {}

    KeptWorst(int limit, ToDoubleFunction<T> severity) {
        this.limit = limit;
        this.severity = severity;
    }

    void add(T thing) {
        kept.add(new Entry<>(severity.applyAsDouble(thing), order++, thing));
        if (kept.size() > limit) {
            kept.remove();
        }
    }

    /** In the order in which they came. */
    List<T> things() {
        List<Entry<T>> entries = new ArrayList<>(kept);
        entries.sort(Comparator.comparingLong(Entry::order));
        return entries.stream().map(Entry::thing).toList();
    }
}
