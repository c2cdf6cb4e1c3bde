package dev.heddle.runtime.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.session.HostTensor;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StepMaskTest {

    @ParameterizedTest
    @CsvSource({
        "'', 1111, 0123",
        "'', 0011, 0001",
        "'', 1100, 0111",
        "01, 11, 12",
        "'', 0000, 0000",
        "000, 00, 00",
        "011, 000, 111"
    })
    void positions_countRealTokens(String past, String block, String positions) {
        StepMask joined = StepMask.joined(mask(past), mask(block));

        assertThat(text(joined.positions(new StepMemory()))).isEqualTo(positions);
    }

    @ParameterizedTest
    @CsvSource({"011, 110, 011110", "'', 0011, 0011", "000, 011, 000011"})
    void joined_keepsThePads(String past, String block, String columns) {
        StepMask joined = StepMask.joined(mask(past), mask(block));

        assertThat(text(joined.attentionMask(new StepMemory()))).isEqualTo(columns);
        assertThat(text(joined.after().toTensor())).isEqualTo(columns);
    }

    @ParameterizedTest
    @CsvSource({"11, 10, 1110, 111, 22", "110, 1, 1101, 111, 2", "'', 0011, 0011, 11, 0001", "11, 00, 1100, 11, 11"})
    void packed_keepsRealTokensOnly(String past, String block, String columns, String after, String positions) {
        StepMask packed = StepMask.packed(mask(past), mask(block));

        assertThat(text(packed.attentionMask(new StepMemory()))).isEqualTo(columns);
        assertThat(text(packed.after().toTensor())).isEqualTo(after);
        assertThat(text(packed.positions(new StepMemory()))).isEqualTo(positions);
    }

    @ParameterizedTest
    @CsvSource({"2, 1, 101, 111110"})
    void packed_ofRowsOfDifferentLength_isAsLongAsTheLongest(int first, int second, String block, String after) {
        AttentionMask past = AttentionMask.rightPadded(2, new int[] {first, second});
        AttentionMask fresh = AttentionMask.rightPadded(1, new int[] {1, 1});

        assertThat(text(StepMask.packed(past, fresh).after().toTensor())).isEqualTo(after);
        assertThat(text(StepMask.packed(past, fresh).attentionMask(new StepMemory())))
                .isEqualTo("111" + block);
        assertThat(text(StepMask.packed(past, fresh).positions(new StepMemory())))
                .isEqualTo("21");
    }

    private static AttentionMask mask(String row) {
        long[] values = row.chars().mapToLong(digit -> digit - '0').toArray();
        return AttentionMask.of(HostTensor.ofLongs(values, 1, values.length));
    }

    private static String text(HostTensor tensor) {
        long[] values = new long[tensor.elementCount()];
        tensor.longs().get(values);
        return Arrays.stream(values).mapToObj(Long::toString).collect(Collectors.joining());
    }
}
