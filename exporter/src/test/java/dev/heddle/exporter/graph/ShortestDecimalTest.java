package dev.heddle.exporter.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ShortestDecimalTest {

    /** Texts of {@code std::to_chars}, GCC 12. */
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, -0",
        "1, 1",
        "-2.5, -2.5",
        "0.1, 0.1",
        "0.001, 0.001",
        "0.0001, 1e-04",
        "1e-5, 1e-05",
        "12345678, 12345678",
        "10000, 10000",
        "100000, 1e+05",
        "123456.5, 123456.5",
        "3.4028235e38, 3.4028235e+38",
        "1.4e-45, 1e-45",
        "2e10, 2e+10",
        "NaN, nan",
        "Infinity, inf",
        "-Infinity, -inf"
    })
    void float_isAsShortAsItCanBe(float value, String text) {
        assertThat(ShortestDecimal.of(value)).isEqualTo(text);
    }

    /** The first of these has one digit too many in Java 17. */
    @ParameterizedTest
    @CsvSource({"2e23, 2e+23", "0.1, 0.1", "1e-5, 1e-05", "-0.0, -0", "123456789012, 123456789012", "NaN, nan"})
    void double_isAsShortAsItCanBe(double value, String text) {
        assertThat(ShortestDecimal.of(value)).isEqualTo(text);
    }
}
