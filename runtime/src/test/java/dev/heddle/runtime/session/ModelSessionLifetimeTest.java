package dev.heddle.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.toy.ToyLanguageModel;
import dev.heddle.runtime.toy.ToyLanguageModel.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Closing, cancelling and running from several threads. */
@Tag("ort")
@Timeout(60)
class ModelSessionLifetimeTest {
    private static final Map<String, HostTensor> TWO_TOKENS = Map.of(
            "input_ids", HostTensor.ofLongs(new long[] {3, 5}, 1, 2),
            "attention_mask", HostTensor.ofLongs(new long[] {1, 1}, 1, 2),
            "position_ids", HostTensor.ofLongs(new long[] {0, 1}, 1, 2));

    private static final long MEBIBYTE = 1 << 20;

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void writeModel() {
        model = ToyLanguageModel.write(folder.resolve("toy"));
    }

    @Test
    void close_twice_isQuiet() {
        var session = ModelSession.open(model, SessionOptions.defaults());
        session.close();

        assertThatCode(session::close).doesNotThrowAnyException();
    }

    @Test
    void run_afterClose_isRefused() {
        var session = ModelSession.open(model, SessionOptions.defaults());
        session.close();

        assertThatThrownBy(() -> session.run(TWO_TOKENS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("model session " + model + " is closed");
    }

    @Test
    void close_duringRun_waitsForIt() {
        ToyLanguageModel.write(model.getParent(), Part.SLOW);
        var session = ModelSession.open(model, SessionOptions.defaults());
        var cancellation = new Cancellation();
        var run = CompletableFuture.supplyAsync(() -> session.run(request(), cancellation));
        waitUntilInFlight(cancellation);

        session.close();

        assertThat(cancellation.runsInFlight()).isZero();
        try (NativeTensor logits = run.join().get("logits")) {
            assertThat(logits.shape()).containsExactly(1, 2, ToyLanguageModel.VOCABULARY);
        }
    }

    @Test
    void cancel_fromAnotherThread_endsTheRunInFlight() {
        ToyLanguageModel.write(model.getParent(), Part.LONG);
        try (var session = ModelSession.open(model, SessionOptions.defaults())) {
            var cancellation = new Cancellation();
            var run = CompletableFuture.supplyAsync(() -> session.run(request(), cancellation));
            waitUntilInFlight(cancellation);

            cancellation.cancel();

            assertThatThrownBy(run::join)
                    .isInstanceOfAny(CompletionException.class, CancellationException.class)
                    .rootCause()
                    .isInstanceOf(CancellationException.class)
                    .hasMessage("running " + model + " on CPU: cancelled");
        }
    }

    @Test
    void overlappingRuns_giveTheSameResult() {
        try (var session = ModelSession.open(model, SessionOptions.defaults())) {
            var runs = IntStream.range(0, 32)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> session.run(TWO_TOKENS).get("logits").bytes()))
                    .toList();

            assertThat(runs.stream().map(CompletableFuture::join).distinct()).hasSize(1);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void openingAndClosing_givesTheMemoryBack() throws IOException {
        openRunClose(50);
        long before = residentBytes();

        openRunClose(200);

        // A session of this model takes about 1 MiB, so keeping them would show as 200.
        assertThat(residentBytes() - before).isLessThan(40 * MEBIBYTE);
    }

    private void openRunClose(int times) {
        for (int i = 0; i < times; i++) {
            try (var session = ModelSession.open(model, SessionOptions.defaults())) {
                session.run(TWO_TOKENS);
            }
        }
    }

    private static long residentBytes() throws IOException {
        String resident = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(resident.replaceAll("\\D", "")) * 1024;
    }

    private static RunRequest request() {
        return new RunRequest(
                Map.of(
                        "input_ids", NativeTensor.of(TWO_TOKENS.get("input_ids")),
                        "attention_mask", NativeTensor.of(TWO_TOKENS.get("attention_mask")),
                        "position_ids", NativeTensor.of(TWO_TOKENS.get("position_ids"))),
                Set.of("logits"),
                Map.of());
    }

    private static void waitUntilInFlight(Cancellation cancellation) {
        while (cancellation.runsInFlight() == 0) {
            Thread.onSpinWait();
        }
    }
}
