package dev.heddle.runtime.parity;

import dev.heddle.runtime.session.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Collects a {@link Section} from tensors that come one pair after another.
 *
 * <p>Nothing of a tensor is kept but its comparison and a small map of the worst one's errors; of comparisons and
 * findings at most {@value #KEPT} each, the worst. All are counted. Not thread-safe.
 */
public final class SectionBuilder {
    /** Comparisons that are kept, and findings. */
    public static final int KEPT = 5_000;

    private static final String LOGITS = "logits";

    /** Bounds of the caller's that are named: the first. */
    private static final int GIVEN_BOUNDS = 8;

    /** Illustrations that are kept: the first. */
    private static final int ILLUSTRATIONS = 16;

    private final String name;
    private final TensorComparer comparer;
    private final KeptWorst<TensorComparison> comparisons = new KeptWorst<>(KEPT, TensorComparison::severity);
    private final KeptWorst<Finding> findings =
            new KeptWorst<>(KEPT, finding -> -finding.status().ordinal());
    private final Set<String> tolerances = new LinkedHashSet<>();
    private final List<Illustration> illustrations = new ArrayList<>();
    private Illustration.@Nullable ErrorMap worstMap;
    private double worst;
    private long passed;
    private long failed;
    private long failedFindings;
    private long passedFindings;
    private long notes;

    public SectionBuilder(String name, TensorComparer comparer) {
        this.name = name;
        this.comparer = comparer;
    }

    /** Compares and adds logits. */
    public TensorComparison logits(String tensor, HostTensor expected, HostTensor actual) {
        tolerances.addAll(ToleranceTable.lines(comparer.precision()));
        return judge(comparer.logits(tensor, expected, actual), expected, actual);
    }

    /** Compares and adds a value inside a model. */
    public TensorComparison values(String tensor, Depth depth, HostTensor expected, HostTensor actual) {
        tolerances.addAll(ToleranceTable.lines(comparer.precision()));
        return judge(comparer.values(tensor, depth, expected, actual), expected, actual);
    }

    /** As {@link #logits}, and shows how the error grows along the tokens of [batch, len, vocab]. */
    public TensorComparison steps(String tensor, HostTensor expected, HostTensor actual) {
        TensorComparison comparison = logits(tensor, expected, actual);
        if (comparison instanceof TensorComparison.Values values) {
            add(ErrorGrowth.of(values, expected, actual));
        }
        return comparison;
    }

    /** Compares and adds any tensors by a bound of the caller's. */
    public TensorComparison within(Bound bound, String tensor, HostTensor expected, HostTensor actual) {
        if (tolerances.size() < GIVEN_BOUNDS) {
            tolerances.add("given: " + bound);
        }
        return judge(comparer.within(bound, tensor, expected, actual), expected, actual);
    }

    /**
     * Compares the outputs of two models by name: {@value #LOGITS} as {@link #logits}, the others value by value. One
     * without the other is a failure.
     */
    public SectionBuilder outputs(Map<String, HostTensor> expected, Map<String, HostTensor> actual) {
        tolerances.addAll(ToleranceTable.lines(comparer.precision()));
        var names = new TreeSet<>(expected.keySet());
        names.addAll(actual.keySet());
        for (String tensor : names) {
            HostTensor e = expected.get(tensor);
            HostTensor a = actual.get(tensor);
            if (e == null || a == null) {
                add(new TensorComparison.Incomparable(tensor, orNothing(e), orNothing(a)));
            } else if (tensor.equals(LOGITS)) {
                logits(tensor, e, a);
            } else {
                judge(comparer.outputs(tensor, e, a), e, a);
            }
        }
        return this;
    }

    public SectionBuilder add(TensorComparison comparison) {
        comparisons.add(comparison);
        if (comparison.passed()) {
            passed++;
        } else {
            failed++;
        }
        return this;
    }

    public SectionBuilder add(Finding finding) {
        findings.add(finding);
        switch (finding.status()) {
            case FAIL -> failedFindings++;
            case PASS -> passedFindings++;
            case NOTE -> notes++;
        }
        return this;
    }

    /** Adds something to look at; the first 16 are kept. */
    public SectionBuilder add(Illustration illustration) {
        if (illustrations.size() < ILLUSTRATIONS) {
            illustrations.add(illustration);
        }
        return this;
    }

    public Section build() {
        List<Illustration> all = new ArrayList<>();
        if (worstMap != null) {
            all.add(worstMap);
        }
        all.addAll(illustrations);
        return new Section(
                name,
                comparer.precision(),
                List.copyOf(tolerances),
                passed,
                failed,
                failedFindings,
                passedFindings,
                notes,
                comparisons.things(),
                findings.things(),
                all);
    }

    private TensorComparison judge(TensorComparison comparison, HostTensor expected, HostTensor actual) {
        add(comparison);
        if (comparison instanceof TensorComparison.Values values && values.severity() > worst) {
            worst = values.severity();
            worstMap = ErrorSlice.around(values, expected, actual);
        }
        return comparison;
    }

    private static String orNothing(@Nullable HostTensor tensor) {
        return tensor == null ? "nothing" : tensor.toString();
    }
}
