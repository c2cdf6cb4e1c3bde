package dev.heddle.exporter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class WriteOptionsTest {

    @Test
    void shards_haveAtLeastOneByte() {
        assertThatThrownBy(() -> WriteOptions.defaults().withShardBytes(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a data file must have at least 1 byte, got 0");
    }

    @Test
    void somebody_writes() {
        assertThatThrownBy(() -> WriteOptions.defaults().withThreads(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("at least 1 thread must write, got 0");
    }

    @Test
    void defaults_areOneFileAndFewThreads() {
        assertThat(WriteOptions.defaults().shardBytes()).isEqualTo(Long.MAX_VALUE);
        assertThat(WriteOptions.defaults().threads()).isBetween(1, 4);
    }
}
