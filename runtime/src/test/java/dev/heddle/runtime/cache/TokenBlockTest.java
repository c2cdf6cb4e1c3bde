package dev.heddle.runtime.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class TokenBlockTest {
    private static final HostTensor IDS = HostTensor.ofLongs(new long[] {1, 2, 3, 4, 5, 6}, 2, 3);

    @Test
    void slice_cutsIdsMaskAndPositionsAlike() {
        TokenBlock block = TokenBlock.of(IDS)
                .withMask(AttentionMask.leftPadded(3, new int[] {1, 3}))
                .withPositions(HostTensor.ofLongs(new long[] {0, 0, 7, 0, 1, 2}, 2, 3));

        TokenBlock part = block.slice(1, 3);

        assertThat(part.ids().bytes()).isEqualTo(matrix(2, 3, 5, 6));
        assertThat(part.mask().toTensor(new StepMemory()).bytes()).isEqualTo(matrix(0, 1, 1, 1));
        assertThat(((Positions.Given) part.positions()).ids().bytes()).isEqualTo(matrix(0, 7, 1, 2));
    }

    @Test
    void noTokens_areRefused() {
        assertThatThrownBy(() -> TokenBlock.of(HostTensor.zeros(DType.INT64, 1, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("input_ids: expected at least one token, got int64 [1, 0]");
    }

    @Test
    void idsOfOtherType_areRefused() {
        assertThatThrownBy(() -> TokenBlock.of(HostTensor.zeros(DType.INT32, 1, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("input_ids: expected int64 [batch, len], got int32 [1, 2]");
    }

    @Test
    void maskOfOtherLength_isRefused() {
        TokenBlock block = TokenBlock.of(IDS);

        assertThatThrownBy(() -> block.withMask(AttentionMask.ones(2, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attention_mask: expected [2, 3] as input_ids, got [2, 4]");
    }

    @Test
    void positionsOfOtherShape_areRefused() {
        TokenBlock block = TokenBlock.of(IDS);

        assertThatThrownBy(() -> block.withPositions(HostTensor.zeros(DType.INT64, 1, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("position_ids: expected the shape of input_ids [2, 3], got int64 [1, 3]");
    }

    private static ByteBuffer matrix(long... values) {
        return HostTensor.ofLongs(values, values.length).bytes();
    }
}
