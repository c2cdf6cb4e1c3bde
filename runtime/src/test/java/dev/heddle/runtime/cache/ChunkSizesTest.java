package dev.heddle.runtime.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ChunkSizesTest {
    @Test
    void lastSize_repeatsUntilTheEnd() {
        assertThat(ChunkSizes.of(5, 1).ends(8)).containsExactly(5, 6, 7, 8);
    }

    @Test
    void lastChunk_isCutShort() {
        assertThat(ChunkSizes.of(3).ends(8)).containsExactly(3, 6, 8);
    }

    @Test
    void sizesBeyondTheEnd_areNotUsed() {
        assertThat(ChunkSizes.of(2, Integer.MAX_VALUE, 1).ends(4)).containsExactly(2, 4);
    }

    @Test
    void whole_isOneChunk() {
        assertThat(ChunkSizes.whole().ends(7)).containsExactly(7);
    }

    @Test
    void sizeZero_isRefused() {
        assertThatThrownBy(() -> ChunkSizes.of(4, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("chunks: each size must be at least 1, got [4, 0]");
    }
}
