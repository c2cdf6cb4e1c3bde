package dev.heddle.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SessionOptionsTest {
    @Test
    void defaults_areCpuWithEverythingOn() {
        SessionOptions options = SessionOptions.defaults();

        assertThat(options.provider()).isEqualTo(Provider.CPU);
        assertThat(options.optimization()).isEqualTo(OptimizationLevel.ALL);
        assertThat(options.ops()).isEqualTo(OpsMode.AUTO);
        assertThat(options.intraOpThreads()).isZero();
    }

    @Test
    void negativeThreads_areRefused() {
        assertThatThrownBy(() -> SessionOptions.builder().intraOpThreads(-1).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("intra-op threads must be at least 0, got -1");
    }

    @Test
    void negativeDevice_isRefused() {
        assertThatThrownBy(() -> SessionOptions.builder().deviceId(-1).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("device id must be at least 0, got -1");
    }
}
