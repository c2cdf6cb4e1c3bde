package dev.heddle.runtime.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.session.HostTensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParityReportTest {
    private static final HostTensor ONE = HostTensor.ofFloats(new float[] {1}, 1);
    private static final HostTensor NEAR_ONE = HostTensor.ofFloats(new float[] {1.001f}, 1);

    @Test
    void report_hasOneComparisonPerNameInOrder() {
        var report = ParityReport.of(
                Map.of("logits", ONE, "a", ONE, "b", ONE),
                Map.of("logits", ONE, "b", ONE, "z", ONE),
                Precision.FLOAT32);

        assertThat(report.passed()).isFalse();
        assertThat(report.failures()).isEqualTo(2);
        assertThat(report.sections().get(0).comparisons())
                .extracting(TensorComparison::line)
                .containsExactly(
                        "a: expected float32 [1], got nothing",
                        "b: 1 within 1e-5 + 1e-4*|expected|, worst at [0]: expected 1.000000, got 1.000000"
                                + " (abs 0), cosine 1.000000000",
                        "logits: 1 within 1e-5 + 1e-4*|expected|, worst at [0]: expected 1.000000, got 1.000000"
                                + " (abs 0), cosine 1.000000000, argmax 1 of 1",
                        "z: expected nothing, got float32 [1]");
    }

    @Test
    void precision_choosesTheBound() {
        assertThat(ParityReport.of(Map.of("y", ONE), Map.of("y", NEAR_ONE), Precision.FLOAT32)
                        .passed())
                .isFalse();
        assertThat(ParityReport.of(Map.of("y", ONE), Map.of("y", NEAR_ONE), Precision.FLOAT16)
                        .passed())
                .isTrue();
    }

    @Test
    void nothingJudged_isNoPass() {
        var notes = new SectionBuilder("notes", TensorComparer.of(Precision.FLOAT32))
                .add(Finding.note("here", "nothing to see"))
                .build();

        assertThat(report().passed()).isFalse();
        assertThat(report(notes).passed()).isFalse();
        assertThat(report(notes, section(Finding.pass("there", "good"))).passed())
                .isTrue();
        assertThat(report(notes, section(Finding.fail("there", "bad"))).passed())
                .isFalse();
    }

    private static Section section(Finding finding) {
        return new SectionBuilder("checks", TensorComparer.of(Precision.FLOAT32))
                .add(finding)
                .build();
    }

    private static ParityReport report(Section... sections) {
        return new ParityReport(Side.of("a"), Side.of("b"), Inputs.of("-"), List.of(sections));
    }
}
