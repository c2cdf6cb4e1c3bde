package dev.heddle.exporter.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The pieces of all weights, for several threads. Each thread has a weight of its own while there are any, so that the digests of their sources are taken side by
 * side; then it helps with the one of which most is left. After a failure no later weight is begun, and those before are finished: of several broken weights it is
 * always the same one that is reported. Thread-safe.
 */
final class WeightTasks {

    private final List<FutureTask<Void>> all = new ArrayList<>();
    private final Deque<Weight> waiting = new ArrayDeque<>();
    private final List<Weight> begun = new ArrayList<>();
    private int end = Integer.MAX_VALUE;

    /** @param left pieces that are not begun */
    private record Weight(int number, Deque<FutureTask<Void>> left) {}

    /** @param weights the pieces of each, in the order in which weights are begun */
    WeightTasks(List<List<Callable<Void>>> weights) {
        for (List<Callable<Void>> pieces : weights) {
            int number = waiting.size();
            Weight weight = new Weight(number, new ArrayDeque<>());
            pieces.forEach(piece -> weight.left.add(new FutureTask<>(() -> call(piece, number))));
            all.addAll(weight.left);
            waiting.add(weight);
        }
    }

    /** What each thread does. */
    void work() {
        for (Optional<Weight> own = next(); own.isPresent(); own = next()) {
            for (Optional<FutureTask<Void>> piece = piece(own.get()); piece.isPresent(); piece = piece(own.get())) {
                piece.get().run();
            }
        }
    }

    private synchronized Optional<Weight> next() {
        if (!waiting.isEmpty()) {
            begun.add(waiting.remove());
            return Optional.of(begun.get(begun.size() - 1));
        }
        return begun.stream()
                .filter(weight -> weight.number < end && !weight.left.isEmpty())
                .max(Comparator.comparingInt(weight -> weight.left.size()));
    }

    private synchronized Optional<FutureTask<Void>> piece(Weight weight) {
        return weight.number < end ? Optional.ofNullable(weight.left.poll()) : Optional.empty();
    }

    private Void call(Callable<Void> piece, int weight) throws Exception {
        boolean complete = false;
        try {
            Void nothing = piece.call();
            complete = true;
            return nothing;
        } finally {
            if (!complete) {
                endBefore(weight);
            }
        }
    }

    private synchronized void endBefore(int weight) {
        end = Math.min(end, weight);
    }

    /** No other piece is begun. */
    void stop() {
        endBefore(0);
    }

    /**
     * To be called when all threads have done their work: what was not begun comes after the first failure.
     *
     * @throws ExecutionException with the first failure in the order of weights and pieces
     */
    void requireDone() throws ExecutionException, InterruptedException {
        for (FutureTask<Void> piece : all) {
            piece.get();
        }
    }
}
