package dev.heddle.runtime.parity;

import dev.heddle.runtime.session.HostTensor;
import java.util.List;
import java.util.Map;

/** Whether two sides compute the same, and all that was looked at to say so. */
public record ParityReport(Side expected, Side actual, Inputs inputs, List<Section> sections) {
    public ParityReport {
        sections = List.copyOf(sections);
    }

    /** A comparison of the outputs of two models by name, as {@link SectionBuilder#outputs} does it. */
    public static ParityReport of(
            Map<String, HostTensor> expected, Map<String, HostTensor> actual, Precision precision) {
        Section outputs = new SectionBuilder("outputs", TensorComparer.of(precision))
                .outputs(expected, actual)
                .build();
        return new ParityReport(Side.of("expected"), Side.of("actual"), Inputs.of("-"), List.of(outputs));
    }

    /** Nothing failed, and something was judged. */
    public boolean passed() {
        return failures() == 0 && judged() > 0;
    }

    /** Comparisons and findings that failed. */
    public long failures() {
        return sections.stream().mapToLong(Section::failures).sum();
    }

    /** Comparisons and findings that passed or failed. */
    public long judged() {
        return sections.stream().mapToLong(Section::judged).sum();
    }
}
