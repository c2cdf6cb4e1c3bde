package dev.heddle.cli.trace;

import dev.heddle.exporter.rewrite.ScoreOutputs;
import dev.heddle.runtime.parity.Grid;
import dev.heddle.runtime.parity.Illustration.AttentionScores;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.session.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Keeps attention probabilities to look at: those that come first, and the worst. Not thread-safe. */
final class ScoreMaps {

    private @Nullable Entry first;
    private @Nullable Entry worst;

    private record Entry(String value, double severity, AttentionScores scores) {}

    /** Softmax over keys, [batch, head, query, key], also within an operator; other values are passed by. */
    void look(ValuePair pair, TensorComparison comparison) {
        boolean within =
                ScoreOutputs.of(pair.node()).filter(pair.name()::equals).isPresent();
        boolean scores = within
                || (pair.node().opType().equals("Softmax") && pair.actual().rank() == 4);
        if (!scores || !(comparison instanceof TensorComparison.Values values)) {
            return;
        }
        if (first == null || worst == null || values.severity() > worst.severity()) {
            Entry entry = new Entry(pair.name(), values.severity(), map(pair, values));
            first = first == null ? entry : first;
            worst = entry;
        }
    }

    List<AttentionScores> illustrations() {
        List<Entry> entries = new ArrayList<>();
        Stream.of(worst, first).forEach(entry -> {
            if (entry != null
                    && entries.stream().noneMatch(known -> known.value().equals(entry.value()))) {
                entries.add(entry);
            }
        });
        return entries.stream().map(Entry::scores).toList();
    }

    /** Of the head with the worst place. */
    private static AttentionScores map(ValuePair pair, TensorComparison.Values values) {
        List<Long> place = values.worst().get(0).index();
        return new AttentionScores(
                "%s[%d,%d,:,:]".formatted(pair.name(), place.get(0), place.get(1)),
                grid(pair.expected(), place),
                grid(pair.actual(), place));
    }

    private static Grid grid(HostTensor tensor, List<Long> place) {
        long rows = tensor.dim(2);
        long columns = tensor.dim(3);
        long start = (place.get(0) * tensor.dim(1) + place.get(1)) * rows * columns;
        IntToDoubleFunction values = tensor.values();
        return Grid.of(rows, columns, (row, column) -> values.applyAsDouble((int) (start + row * columns + column)));
    }
}
