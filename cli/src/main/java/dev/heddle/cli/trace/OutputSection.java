package dev.heddle.cli.trace;

import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.SectionBuilder;
import dev.heddle.runtime.parity.TensorComparer;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What two graphs give to everybody, by name: an output that only one of them has is a failure. Of stored values those count that the other side gives too. */
public final class OutputSection {

    /** Places that are named of each output. */
    private static final int WORST = 8;

    private OutputSection() {}

    /**
     * @param topK how many of the largest logits are compared, if there are logits
     * @throws IllegalArgumentException if the sides have no output in common
     */
    public static Section of(
            ValueSource expected, ValueSource actual, Map<String, HostTensor> inputs, List<Integer> topK)
            throws IOException {
        List<String> common =
                actual.outputs().stream().filter(expected.values()::contains).toList();
        if (common.isEmpty()) {
            throw new IllegalArgumentException(expected.side().what() + " has none of the outputs of "
                    + actual.side().what() + ": " + actual.outputs());
        }
        boolean both = expected instanceof TracedSide && actual instanceof TracedSide;
        var comparer = new TensorComparer(expected.precision().coarser(actual.precision()), topK, WORST);
        return new SectionBuilder("outputs", comparer)
                .outputs(
                        values(expected, inputs, both ? expected.outputs() : common),
                        values(actual, inputs, both ? actual.outputs() : common))
                .build();
    }

    private static Map<String, HostTensor> values(ValueSource side, Map<String, HostTensor> inputs, List<String> names)
            throws IOException {
        Map<String, HostTensor> values = new TreeMap<>();
        side.trace(inputs, names, values::put);
        return values;
    }
}
