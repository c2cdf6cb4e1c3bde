package dev.heddle.runtime.parity;

import java.util.List;

/**
 * One kind of check and what it gave. Made by {@link SectionBuilder}.
 *
 * @param name as in "outputs", "all values", "decode", "weights"
 * @param precision what the tensors were computed in
 * @param tolerances what was allowed, and where the numbers come from
 * @param passedTensors of all that were compared, kept or not
 * @param failedTensors of all that were compared, kept or not
 * @param failedFindings of all, kept or not
 * @param passedFindings of all, kept or not
 * @param notes of all, kept or not
 * @param comparisons the worst ones, in the order in which they were made
 * @param findings failures before notes and passes when there are too many, in their order
 */
public record Section(
        String name,
        Precision precision,
        List<String> tolerances,
        long passedTensors,
        long failedTensors,
        long failedFindings,
        long passedFindings,
        long notes,
        List<TensorComparison> comparisons,
        List<Finding> findings,
        List<Illustration> illustrations) {
    public Section {
        tolerances = List.copyOf(tolerances);
        comparisons = List.copyOf(comparisons);
        findings = List.copyOf(findings);
        illustrations = List.copyOf(illustrations);
    }

    /** Comparisons and findings that failed. */
    public long failures() {
        return failedTensors + failedFindings;
    }

    /** Comparisons and findings that passed or failed; notes are neither. */
    public long judged() {
        return passedTensors + passedFindings + failures();
    }

    /** Comparisons and findings that were counted and let go. */
    public long leftOut() {
        return judged() + notes - comparisons.size() - findings.size();
    }
}
