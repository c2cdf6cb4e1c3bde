package dev.heddle.runtime.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToleranceTest {
    @ParameterizedTest
    @CsvSource({
        "1e-5, 1e-4, 1e-5 + 1e-4*|expected|",
        "2.5e-3, 0, 2.5e-3",
        "0, 0.01, 1e-2*|expected|",
        "0, 0, 0",
        "1, 20, 1e0 + 2e1*|expected|"
    })
    void text_isTheFormula(double absolute, double relative, String text) {
        assertThat(new Tolerance(absolute, relative)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, -1", "NaN, 0", "0, Infinity"})
    void badPart_isRefused(double absolute, double relative) {
        assertThatThrownBy(() -> new Tolerance(absolute, relative))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a tolerance must be at least 0 and finite, got " + absolute + " and " + relative);
    }
}
