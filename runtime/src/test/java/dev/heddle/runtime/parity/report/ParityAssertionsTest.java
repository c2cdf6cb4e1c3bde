package dev.heddle.runtime.parity.report;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.Tolerance;
import dev.heddle.runtime.session.HostTensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParityAssertionsTest {
    private static final HostTensor ONE = HostTensor.ofFloats(new float[] {1}, 1);
    private static final HostTensor NEAR_ONE = HostTensor.ofFloats(new float[] {1.001f}, 1);

    @Test
    void sameTensors_pass() {
        assertThatCode(() -> ParityAssertions.assertSame(ONE, NEAR_ONE, Tolerance.absolute(0.002)))
                .doesNotThrowAnyException();
        assertThatCode(() -> ParityAssertions.assertSame(Map.of("y", ONE), Map.of("y", NEAR_ONE), Precision.FLOAT16))
                .doesNotThrowAnyException();
    }

    @Test
    void otherTensors_areAnErrorWithTheReport() {
        assertThatThrownBy(() -> ParityAssertions.assertSame(ONE, NEAR_ONE, Tolerance.absolute(1e-4)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(
                        "tensor: 1 of 1 differ, worst at [0]: expected 1.000000, got 1.001000 (abs 1e-3 > 1e-4)")
                .hasMessageContaining("tolerance  given: 1e-4\n")
                .hasMessageEndingWith("DIFFERENT: 1 of 1 checks fail\n");
    }

    @Test
    void missingTensor_isAnError() {
        assertThatThrownBy(() -> ParityAssertions.assertSame(Map.of("y", ONE), Map.of("z", ONE), Precision.FLOAT32))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("y: expected float32 [1], got nothing")
                .hasMessageContaining("z: expected nothing, got float32 [1]");
    }

    @Test
    void nothing_isAnError() {
        assertThatThrownBy(() -> ParityAssertions.assertSame(Map.of(), Map.of(), Precision.FLOAT32))
                .isInstanceOf(AssertionError.class)
                .hasMessageEndingWith("NOTHING COMPARED\n");
    }
}
