package dev.heddle.runtime.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParityReportTest {
    private static final HostTensor ONE = HostTensor.ofFloats(new float[] {1}, 1);
    private static final HostTensor NEAR_ONE = HostTensor.ofFloats(new float[] {1.001f}, 1);

    @Test
    void report_hasOneLinePerNameInOrder() {
        var report = ParityReport.of(Map.of("b", ONE, "a", ONE), Map.of("b", ONE, "c", ONE), DType.FLOAT32);

        assertThat(report.passed()).isFalse();
        assertThat(report.lines())
                .containsExactly(
                        "output a: expected float32 [1], got nothing",
                        "output b: 1 within 1e-5 + 1e-4*|expected|, worst at [0]: expected 1.000000, got 1.000000"
                                + " (abs 0), cosine 1.000000000, argmax 1 of 1",
                        "output c: expected nothing, got float32 [1]");
    }

    @Test
    void precision_choosesTheBound() {
        assertThat(ParityReport.of(Map.of("y", ONE), Map.of("y", NEAR_ONE), DType.FLOAT32)
                        .passed())
                .isFalse();
        assertThat(ParityReport.of(Map.of("y", ONE), Map.of("y", NEAR_ONE), DType.FLOAT16)
                        .passed())
                .isTrue();
    }
}
