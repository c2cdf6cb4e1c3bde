package dev.heddle.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LifetimeTest {
    private final Lifetime lifetime = new Lifetime("thing a.onnx");
    private final AtomicInteger released = new AtomicInteger();

    @Test
    void close_releasesOnce() {
        lifetime.close(released::incrementAndGet);
        lifetime.close(released::incrementAndGet);

        assertThat(released).hasValue(1);
    }

    @Test
    void enter_afterClose_isRefused() {
        lifetime.close(released::incrementAndGet);

        assertThatThrownBy(lifetime::enter)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("thing a.onnx is closed");
    }

    @Test
    void close_duringUse_releasesAfterIt() {
        lifetime.enter();
        var closing = CompletableFuture.runAsync(() -> lifetime.close(released::incrementAndGet));
        assertThat(released).hasValue(0);

        lifetime.exit();

        closing.join();
        assertThat(released).hasValue(1);
    }
}
