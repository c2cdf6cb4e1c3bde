package dev.heddle.models.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class AsideTest {

    @Test
    void finish_waitsForTheEnd() throws IOException {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean done = new AtomicBoolean();

        try (Aside aside = Aside.start(() -> {
            await(begun);
            done.set(true);
        })) {
            begun.countDown();
            aside.finish();
            assertThat(done).isTrue();
        }
    }

    @Test
    void finish_throwsWhatTheWorkThrew() throws IOException {
        try (Aside failing = Aside.start(() -> {
                    throw new IOException("no space");
                });
                Aside broken = Aside.start(() -> {
                    throw new IllegalStateException("broken");
                })) {
            assertThatThrownBy(failing::finish).isInstanceOf(IOException.class).hasMessage("no space");
            assertThatThrownBy(broken::finish)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("broken");
        }
    }

    @Test
    void close_withoutFinish_interruptsTheWorkAndWaits() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();

        Aside.start(() -> {
                    boolean ended = await(never);
                    // Longer than a close that does not wait.
                    long end = System.nanoTime() + 50_000_000;
                    while (System.nanoTime() < end) {
                        LockSupport.parkNanos(end - System.nanoTime());
                    }
                    interrupted.set(!ended);
                })
                .close();

        assertThat(interrupted).isTrue();
    }

    /** False if it was interrupted. */
    private static boolean await(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
