package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.TensorComparison;
import java.util.Comparator;
import java.util.List;

/** The order in which a reader wants to see what is in a section; equally bad things stay in their order. */
final class WorstFirst {
    private WorstFirst() {}

    static List<TensorComparison> comparisons(Section section) {
        return section.comparisons().stream()
                .sorted(Comparator.comparingDouble(TensorComparison::severity).reversed())
                .toList();
    }

    static List<Finding> findings(Section section) {
        return section.findings().stream()
                .sorted(Comparator.comparing(Finding::status))
                .toList();
    }
}
