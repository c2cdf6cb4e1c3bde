package dev.heddle.exporter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DimTest {

    private static final Dim PAST = Dim.of("past_len");
    private static final Dim NEW = Dim.of("q_len");

    @Test
    void sum_isPrintedInOrderOfNames() {
        assertThat(NEW.plus(PAST).plus(Dim.of(-1))).hasToString("past_len + q_len - 1");
    }

    @Test
    void sum_ofOppositeTerms_isFixed() {
        Dim length = PAST.plus(NEW).minus(PAST).minus(NEW).plus(Dim.of(3));

        assertThat(length.isFixed()).isTrue();
        assertThat(length.fixed()).hasValue(3);
        assertThat(length.is(3)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "a, b, a*b",
        "b, a, a*b",
        "2*a, 3*b, 6*a*b",
        "a, a, a*a",
        "a + b, c, (a + b)*c",
        "c, a + b, (a + b)*c",
        "2*a + 2*b, c, 2*(a + b)*c",
        "-a + b, c, -(a - b)*c",
        "b - a, c, (b - a)*c",
        "a*b, c, a*b*c",
        "'min(2, a)', b, 'b*min(2, a)'"
    })
    void product_isPrintedInOneOrder(String a, String b, String product) {
        assertThat(Dim.parse(a).times(Dim.parse(b))).hasToString(product);
    }

    @Test
    void product_withANumber_isLinear() {
        assertThat(PAST.plus(Dim.of(1)).times(Dim.of(2))).hasToString("2*past_len + 2");
        assertThat(Dim.of(0).times(PAST)).isEqualTo(Dim.of(0));
    }

    @Test
    void factors_ofAProduct_areItsParts() {
        assertThat(Dim.parse("6*(a + b)*c").factors()).containsExactly(Dim.parse("a + b"), Dim.of("c"));
        assertThat(Dim.parse("6*(a + b)*c").content()).isEqualTo(6);
        assertThat(Dim.parse("a*b + c").factors()).containsExactly(Dim.parse("a*b + c"));
        assertThat(Dim.of(6).factors()).isEqualTo(List.of());
    }

    @Test
    void min_ofSymbols_isOneSymbol() {
        assertThat(Dim.min(NEW, Dim.of(2))).isEqualTo(Dim.min(Dim.of(2), NEW)).hasToString("min(2, q_len)");
        assertThat(Dim.min(NEW, NEW)).isEqualTo(NEW);
        assertThat(Dim.min(Dim.of(3), Dim.of(2))).isEqualTo(Dim.of(2));
    }

    @ParameterizedTest
    @CsvSource({"-q_len, true", "-2, true", "0, true", "1, false", "q_len - 3, false", "-q_len + 1, false"})
    void offset_thatCountsFromTheEnd_isNeverPositive(String offset, boolean expected) {
        assertThat(Dim.parse(offset).isNeverPositive()).isEqualTo(expected);
    }

    /** Names of other programs; what is no sum of terms is one symbol. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "unk__12",
                "sequence length",
                "a+b",
                "a + ",
                "+",
                "-",
                "((",
                "a - a",
                "b + a",
                "1*a",
                "9223372036854775807",
                "99999999999999999999",
                "99999999999999999999*a",
                "floor(a/2) + 1"
            })
    void text_ofAnyKind_keepsItsLook(String text) {
        assertThat(Dim.parse(text)).hasToString(text);
    }

    @Test
    void symbol_withoutAName_isRefused() {
        assertThatThrownBy(() -> Dim.of(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a symbolic dim needs a name, got an empty one");
    }
}
