package dev.heddle.runtime.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionMaskTest {
    @ParameterizedTest
    @ValueSource(strings = {"111", "011", "110", "010", "000", "1"})
    void oneRunOfOnes_makesTheRoundTrip(String row) {
        assertThat(text(mask(row).toTensor(new StepMemory()))).isEqualTo(row);
    }

    @ParameterizedTest
    @CsvSource({"101, 1", "110001, 2", "0110100, 3"})
    void zeroBetweenOnes_isRefused(String row, int column) {
        assertThatThrownBy(() -> mask(row))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attention_mask: expected one run of 1s per row, row 0 has a 0 between 1s at " + column
                        + "; pad on the left");
    }

    @Test
    void otherNumber_isRefusedWithItsPlace() {
        assertThatThrownBy(() -> AttentionMask.of(HostTensor.ofLongs(new long[] {1, 1, 1, 2}, 2, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attention_mask: expected 0 or 1 at [1, 1], got 2");
    }

    @Test
    void otherType_isRefused() {
        assertThatThrownBy(() -> AttentionMask.of(HostTensor.zeros(DType.BOOL, 1, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attention_mask: expected int64 [batch, total_len], got bool [1, 2]");
    }

    @ParameterizedTest
    @CsvSource({"0011, 111, 0011111", "0000, 0110, 00000110", "0110, 000, 0110000", "01, 1100, 011100"})
    void then_putsOneBehindTheOther(String first, String second, String both) {
        assertThat(text(mask(first).then(mask(second)).toTensor(new StepMemory())))
                .isEqualTo(both);
    }

    @ParameterizedTest
    @CsvSource({"110, 1, 2", "111, 01, 3"})
    void then_leavingAGap_isRefused(String first, String second, int column) {
        assertThatThrownBy(() -> mask(first).then(mask(second)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attention_mask: expected one run of 1s per row, row 0 has a 0 between 1s at " + column
                        + "; pad on the left");
    }

    @ParameterizedTest
    @CsvSource({"001110, 0, 6", "001110, 0, 2", "001110, 1, 4", "001110, 3, 6", "001110, 5, 6"})
    void slice_cutsColumns(String row, int from, int to) {
        assertThat(text(mask(row).slice(from, to).toTensor(new StepMemory()))).isEqualTo(row.substring(from, to));
    }

    @Test
    void leftPadded_putsTokensAtTheEnd() {
        assertThat(text(AttentionMask.leftPadded(3, new int[] {1, 3}).toTensor(new StepMemory())))
                .isEqualTo("001111");
    }

    private static AttentionMask mask(String row) {
        long[] values = row.chars().mapToLong(digit -> digit - '0').toArray();
        return AttentionMask.of(HostTensor.ofLongs(values, 1, values.length));
    }

    private static String text(HostTensor tensor) {
        long[] values = new long[tensor.elementCount()];
        tensor.longs().get(values);
        return String.join("", Arrays.stream(values).mapToObj(Long::toString).toList());
    }
}
