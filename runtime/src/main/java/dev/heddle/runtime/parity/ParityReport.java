package dev.heddle.runtime.parity;

import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Comparisons of the tensors of two runs, in the order of their names. */
public record ParityReport(List<TensorComparison> comparisons) {
    public ParityReport {
        comparisons = List.copyOf(comparisons);
    }

    /**
     * Compares tensors by name with the bounds of {@link ToleranceTable}.
     *
     * @param precision what the tensors were computed in; the actual ones may be stored in something wider
     */
    public static ParityReport of(Map<String, HostTensor> expected, Map<String, HostTensor> actual, DType precision) {
        var names = new TreeSet<>(expected.keySet());
        names.addAll(actual.keySet());
        List<TensorComparison> comparisons = new ArrayList<>();
        for (String name : names) {
            HostTensor e = expected.get(name);
            HostTensor a = actual.get(name);
            comparisons.add(
                    e == null || a == null
                            ? new TensorComparison.Incomparable(name, orNothing(e), orNothing(a))
                            : TensorComparison.of(
                                    name,
                                    e,
                                    a,
                                    ToleranceTable.tolerance(precision).forSize(largest(e)),
                                    ToleranceTable.tieMargin(precision)));
        }
        return new ParityReport(comparisons);
    }

    /** Largest finite magnitude. A sum is rounded by the size of its terms, so a small logit beside large ones is as inexact as they are. */
    private static double largest(HostTensor tensor) {
        IntToDoubleFunction values = tensor.values();
        return IntStream.range(0, tensor.elementCount())
                .mapToDouble(values)
                .map(Math::abs)
                .filter(Double::isFinite)
                .max()
                .orElse(0);
    }

    public boolean passed() {
        return comparisons.stream().allMatch(TensorComparison::passed);
    }

    /** One line per tensor. */
    public List<String> lines() {
        return comparisons.stream().map(TensorComparison::line).toList();
    }

    private static String orNothing(@Nullable HostTensor tensor) {
        return tensor == null ? "nothing" : tensor.toString();
    }
}
