package dev.heddle.cli.trace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the first node where two sides part: a few values over the whole graph, then all values of the stretch in question, then each of its nodes alone. */
public final class Bisection {

    /** Values of the first look; more cost memory, fewer make the stretch longer. */
    private static final int LOOKS = 64;

    private final ValueTrace trace;

    public Bisection(ValueTrace trace) {
        this.trace = trace;
    }

    /**
     * What was found.
     *
     * @param inherited the first value that differs
     * @param own what its node, or the first one up to there that is wrong, makes of the expected inputs; empty if every node alone is right, so that the
     *     difference is rounding that grew, or lies in what the graph is given
     */
    public record Found(ValueComparison inherited, Optional<ValueComparison> own) {}

    /** Empty if no value differs. */
    public Optional<Found> find() throws IOException {
        List<String> names = trace.names();
        List<String> looks = new ArrayList<>();
        int step = Math.max(1, names.size() / LOOKS);
        for (int i = step - 1; i < names.size(); i += step) {
            looks.add(names.get(i));
        }
        if (!looks.contains(names.get(names.size() - 1))) {
            looks.add(names.get(names.size() - 1));
        }
        Optional<ValueComparison> bad = first(looks);
        if (bad.isEmpty()) {
            return Optional.empty();
        }
        int end = names.indexOf(bad.get().name()) + 1;
        int look = looks.indexOf(bad.get().name());
        int start = look == 0 ? 0 : names.indexOf(looks.get(look - 1)) + 1;
        List<String> stretch = names.subList(start, end);
        ValueComparison inherited = first(stretch).orElse(bad.get());
        // Values of another branch may be wrong before the last look that was right.
        List<String> suspects = names.subList(Math.max(0, start - step), names.indexOf(inherited.name()) + 1);
        return Optional.of(new Found(inherited, firstOwn(suspects)));
    }

    private Optional<ValueComparison> first(List<String> values) throws IOException {
        Map<String, ValueComparison> wrong = new HashMap<>();
        trace.compare(values, comparison -> keep(comparison, wrong));
        return firstOf(values, wrong);
    }

    private Optional<ValueComparison> firstOwn(List<String> values) throws IOException {
        Map<String, ValueComparison> wrong = new HashMap<>();
        new Replay(trace).compare(values, comparison -> keep(comparison, wrong));
        return firstOf(values, wrong);
    }

    private static void keep(ValueComparison comparison, Map<String, ValueComparison> wrong) {
        if (!comparison.passed()) {
            wrong.put(comparison.name(), comparison);
        }
    }

    private static Optional<ValueComparison> firstOf(List<String> values, Map<String, ValueComparison> wrong) {
        return values.stream().filter(wrong::containsKey).map(wrong::get).findFirst();
    }
}
